"""What a fake camera sees: pictures as a Y4M video, which Chromium plays in a loop instead of a real camera's."""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

#: Width and height of a frame in pixels: a modest tablet's.
SIZE = (640, 480)
FRAMES_PER_SECOND = 10


def flags(video: Path) -> list[str]:
    """What a Chromium is started with, so that its camera shows the video and no page has to ask for it."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    ]


def film(path: Path, scenes: Iterable[Image.Image], frames: int = 8) -> Path:
    """Writes the scenes one after another, each for so many frames, as YUV 4:2:0; returns the path.

    Each scene is a picture of any size in gray levels; it is fitted into the frame.
    """
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n" % (*SIZE, FRAMES_PER_SECOND))
        # No color: both of its planes, of a quarter of the pixels each, lie in the middle.
        gray = bytes([128]) * (SIZE[0] * SIZE[1] // 2)
        for scene in scenes:
            frame = b"FRAME\n" + _fitted(scene).tobytes() + gray
            for _ in range(frames):
                file.write(frame)
    return path


def _fitted(scene: Image.Image) -> Image.Image:
    """The scene as large as the frame allows, on a gray bench."""
    frame = Image.new("L", SIZE, 130)
    share = min(SIZE[0] / scene.width, SIZE[1] / scene.height)
    small = scene.resize((round(scene.width * share), round(scene.height * share)), Image.Resampling.LANCZOS)
    frame.paste(small, ((SIZE[0] - small.width) // 2, (SIZE[1] - small.height) // 2))
    return frame
