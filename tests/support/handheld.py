"""A handheld scanner: it presses keys as a US keyboard has them, whatever layout the computer believes in."""

from dataclasses import dataclass, field

from playwright.sync_api import CDPSession, Page

_SHIFT = 8
#: Of characters that codes have: the key's place, and whether Shift is held.
_PLACES = {":": ("Semicolon", True), "/": ("Slash", False), ".": ("Period", False), "-": ("Minus", False)}
#: What a French computer makes of a US scanner's keys: by place, plain and with Shift.
AZERTY = {
    "Semicolon": "mM",
    "Slash": "!§",
    "Period": ":/",
    "Minus": ")°",
    "KeyA": "qQ",
    "KeyQ": "aA",
    "KeyW": "zZ",
    "KeyZ": "wW",
    "KeyM": ",?",
    **{f"Digit{digit}": plain + str(digit) for digit, plain in enumerate("à&é\"'(-è_ç")},
}
_SUFFIXES = {"Enter": (13, "\r"), "Tab": (9, "")}


@dataclass
class Handheld:
    """A scanner at a page. `layout`: what the computer's layout shows for keys, where it differs from a US one."""

    page: Page
    suffix: str = "Enter"
    layout: dict[str, str] = field(default_factory=dict)
    rest_ms: float = 0

    def scan(self, text: str) -> None:
        """Pulls the trigger: each character of the text as a key, then the suffix."""
        keys = self.page.context.new_cdp_session(self.page)
        for character in text:
            place, shift = _place(character)
            shown = self.layout.get(place, "")[int(shift) :][:1] or character
            _press(keys, shown, place, ord(character.upper()), shown, _SHIFT if shift else 0)
            if self.rest_ms:
                self.page.wait_for_timeout(self.rest_ms)
        number, typed = _SUFFIXES[self.suffix]
        _press(keys, self.suffix, self.suffix, number, typed, 0)
        keys.detach()


def _place(character: str) -> tuple[str, bool]:
    if character.isdigit():
        return f"Digit{character}", False
    if character.isalpha():
        return f"Key{character.upper()}", character.isupper()
    return _PLACES[character]


def _press(keys: CDPSession, key: str, place: str, number: int, typed: str, modifiers: int) -> None:
    pressed = {"key": key, "code": place, "windowsVirtualKeyCode": number, "modifiers": modifiers}
    keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": typed, **pressed})
    keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})
