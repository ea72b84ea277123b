-- Run once by the database image: the logins of the Supabase services get the password of the environment.
\set password `echo "$POSTGRES_PASSWORD"`
alter role authenticator with password :'password';
alter role supabase_auth_admin with password :'password';
