"""`wasl sandbox`: up on the loopback interface, down without a trace."""

import asyncio
import re
import signal
import socket
import sys

import httpx

RUN = (sys.executable, "-m", "workers.cli", "sandbox", "--port")


async def test_it_serves_until_it_is_told_to_stop() -> None:
    process = await asyncio.create_subprocess_exec(*RUN, "0", stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            said = (await process.stdout.readline()).decode()
            found = re.search(r"http://127\.0\.0\.1:[0-9]+", said)
            assert found, said
            async with httpx.AsyncClient(verify=False) as http:
                health = await http.get(f"{found.group()}/health")
            assert health.json()["status"] == "ok"
            assert "stripe" in health.json()["providers"]
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_port_that_is_taken_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = await asyncio.create_subprocess_exec(*RUN, port, stderr=asyncio.subprocess.PIPE)
        _, said = await process.communicate()
    assert process.returncode == 1
    assert said.decode() == f"The sandbox cannot listen on port {port}: Address already in use.\n"
