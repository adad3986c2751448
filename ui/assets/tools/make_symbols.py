"""Write `symbols.json`: the icons of the arms as SVG paths, made once with milsymbol and committed.

Run with the `assets` group installed: ``python ui/assets/tools/make_symbols.py``. The game never needs milsymbol.
Only what lies inside the frame is kept: the window draws the (always friendly) frame and the echelon marks itself,
so that both sides carry the same rectangle and strokes can be set in pixels.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from milsymbol import Symbol  # type: ignore[import-not-found]

TARGET = Path(__file__).resolve().parent.parent / "symbols.json"
FRIEND_DIVISION = "10031000{echelon}{entity}0000"

ARMS = {
    "infantry": "121100",
    "motorised": "121104",
    "mechanised": "121102",
    "armour": "120500",
    "cavalry": "121300",
    "artillery": "130300",
    "rocket_artillery": "130102",
    "mortar": "130800",
    "antiair": "130100",
    "antitank": "120400",
    "engineer": "140700",
    "security": "141700",
    "signals": "111000",
    "supply": "160600",
    "maintenance": "161100",
    "medical": "161300",
    "parachute": "121101",
    "combined_arms": "121000",
}
FRAME = re.compile(r'<path d="M25,50 l150,0 0,100 -150,0 z"[^>]*></path>')
ECHELON = re.compile(r'<g transform="translate\(0,0\)"[^>]*>.*?</g>')


def inside(entity: str) -> str:
    """The drawing inside the frame of one entity code, in milsymbol's 200 x 200 space (frame 25..175 x 50..150)."""
    svg = Symbol(FRIEND_DIVISION.format(echelon="21", entity=entity)).as_svg()
    body = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    body, frames = FRAME.subn("", body)
    if frames != 1:
        raise SystemExit(f"entity {entity}: expected one friendly frame, found {frames}")
    body = ECHELON.sub("", body)
    return re.sub(r"\s+>", ">", body).strip()


def write() -> None:
    """Make the file; keys sorted, one icon a line, so that a change shows as a line."""
    lines = [f"  {json.dumps(name)}: {json.dumps([code, inside(code)])}" for name, code in sorted(ARMS.items())]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(ARMS)} icons, {TARGET.stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    write()
