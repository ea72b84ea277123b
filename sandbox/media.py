"""Pictures to post: ``GET /_media/{width}x{height}.jpg`` draws one of that size."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_MOST_PIXELS: Final = 4096


async def picture(request: Request) -> Response:
    """A picture of the size in the path; 404 for a size that no network would take."""
    width, height = int(request.path_params["width"]), int(request.path_params["height"])
    if not (0 < width <= _MOST_PIXELS and 0 < height <= _MOST_PIXELS):
        return PlainTextResponse("There is no such picture.", 404)
    return Response(draw(width, height), media_type="image/jpeg")


def draw(width: int, height: int) -> bytes:
    """A JPEG that says how large it is."""
    image = Image.new("RGB", (width, height), (0, 122, 94))
    ImageDraw.Draw(image).text((width // 10, height // 2), f"{width} x {height}", fill=(255, 255, 255))
    drawn = io.BytesIO()
    image.save(drawn, "JPEG", quality=80)
    return drawn.getvalue()
