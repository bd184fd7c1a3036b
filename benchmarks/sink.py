"""A mail server that takes everything, counts, and answers the last dot after a while. In a process of its own.

    python benchmarks/sink.py PORT MILLISECONDS

XRESET begins to count anew; XSTAT answers "250 mails seconds", the seconds from the first mail taken to the last.
"""

import asyncio
import sys
import time


class Counter:
    def __init__(self) -> None:
        self.mails, self.first, self.last = 0, 0.0, 0.0

    def count(self) -> None:
        self.last = time.perf_counter()
        self.first = self.first or self.last
        self.mails += 1


counter = Counter()


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    global counter
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            if delay:
                await asyncio.sleep(delay)
            counter.count()
            writer.write(b"250 taken\r\n")
        elif verb == b"XRES":
            counter = Counter()
            writer.write(b"250 counting anew\r\n")
        elif verb == b"XSTA":
            writer.write(f"250 {counter.mails} {counter.last - counter.first:.6f}\r\n".encode())
        elif verb == b"QUIT":
            writer.write(b"221 bye\r\n")
            break
        else:
            writer.write(b"250 ok\r\n")
    writer.close()


async def main(port: int, milliseconds: int) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await converse(reader, writer, milliseconds / 1000)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", port, limit=2**22)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
