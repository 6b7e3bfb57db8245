"""Rooms use what their row of docs/architecture.md allows, by #include lines and the USES of CMake, and all of it."""
import pathlib
import re

from common import Finding, code_lines, files, relative

# First path part of the includes that are libraries of ours to grant, room by room.
LIBRARIES = {"cryptopp", "secp256k1", "boost", "fmt", "leveldb", "sqlite3", "argon2", "rapidjson"}


class Room:
    def __init__(self, level, name, folder, rooms, libraries):
        self.level, self.name, self.folder, self.rooms, self.libraries = level, name, folder, rooms, libraries
        self.prefix = folder if folder.startswith("rpc/") else name


def split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",") if part.strip()]


def read_table(root: pathlib.Path) -> dict[str, Room]:
    rooms = {}
    for line in (root / "docs/architecture.md").read_text().split("\n"):
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if len(cells) == 6 and cells[0].isdigit():
            name = cells[1].strip("`")
            rooms[name] = Room(int(cells[0]), name, cells[2], split(cells[4]), split(cells[5]))
    return rooms


def room_of_include(include: str, rooms: dict[str, Room]):
    best = None
    for room in rooms.values():
        if include.startswith(room.prefix + "/") and (best is None or len(room.prefix) > len(best.prefix)):
            best = room
    return best


def check_table(rooms) -> list[Finding]:
    found = []
    for room in rooms.values():
        for used in room.rooms:
            if used not in rooms:
                found.append(Finding("docs/architecture.md", 1, f"{room.name} names the room {used}, which does not exist"))
            elif rooms[used].level > room.level or (rooms[used].level == room.level and not used.startswith("rpc_")):
                found.append(Finding("docs/architecture.md", 1, f"{room.name} uses {used}, which is not of a lower level"))
    return found


def check_includes(root, room, rooms) -> list[Finding]:
    found, included = [], set()
    for path in files(root, (room.folder,)):
        nested = [r for r in rooms.values() if r is not room and r.folder.startswith(room.folder + "/")]
        if any(str(path.relative_to(root)).startswith(r.folder + "/") for r in nested):
            continue
        for number, line in enumerate(code_lines(path), 1):
            match = re.match(r'\s*#include\s*([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            include = match.group(2)
            target = room_of_include(include, rooms) if match.group(1) == '"' else None
            library = re.split(r"[/.]", include)[0]
            library = "secp256k1" if library.startswith("secp256k1") else library
            where = relative(root, path), number
            included.add(target.name if target else library)
            if target and target is not room and target.name not in room.rooms:
                found.append(Finding(*where, f"{room.name} may not use {target.name} (docs/architecture.md)"))
            elif match.group(1) == "<" and library in LIBRARIES and library not in room.libraries:
                found.append(Finding(*where, f"{room.name} may not use the library {library} (docs/architecture.md)"))
    for name in room.rooms + room.libraries if included else []:
        if name not in included:
            found.append(Finding("docs/architecture.md", 1, f"{room.name} may use {name} and does not"))
    return found


def check_cmake(root, room, rooms) -> list[Finding]:
    path = root / room.folder / "CMakeLists.txt"
    if not path.exists():
        return []
    match = re.search(r"cairn_room\(\s*(\S+)([^)]*)\)", path.read_text())
    if not match:
        return [Finding(relative(root, path), 1, "a room's CMakeLists.txt calls cairn_room")]
    words = match.group(2).split()
    used, collecting = [], False
    for word in words:
        if word in ("USES", "LIBRARIES", "PRIVATE", "PREFIX"):
            collecting = word == "USES"
        elif collecting:
            used.append(word)
    return [Finding(relative(root, path), 1, f"{room.name} links {name}, which its row in docs/architecture.md does not name")
            for name in used if name not in room.rooms]


def check(root: pathlib.Path) -> list[Finding]:
    rooms = read_table(root)
    if not rooms:
        return [Finding("docs/architecture.md", 1, "the table of rooms could not be read")]
    found = check_table(rooms)
    for room in rooms.values():
        found += check_includes(root, room, rooms) + check_cmake(root, room, rooms)
    return found
