"""docs/schema.md says what the schema says."""

from stack import Stack
from workers.commands.docs import PAGE, schema_page


async def test_the_page_is_up_to_date(stack: Stack) -> None:
    assert PAGE.read_text() == await schema_page(stack.database_url), "run `wasl docs schema`"
