create function private.is_event_wanted(event public.events) returns boolean
language sql stable set search_path = ''
as $$ select false $$;
