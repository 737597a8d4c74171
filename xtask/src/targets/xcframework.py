"""xcframework.py FRAMEWORK [IDENTIFIER...]: is this an XCFramework that Xcode would read, with exactly these slices?

Reads Info.plist by Python's plistlib and follows what it says to the files. The keys are those that `xcodebuild -create-xcframework`
writes for static libraries with headers. Prints one line per mistake; exit code 1 if there is one.
"""

import pathlib
import plistlib
import sys

root = pathlib.Path(sys.argv[1])
wanted = set(sys.argv[2:])
mistakes = []


def expect(holds, sentence):
    if not holds:
        mistakes.append(sentence)


with (root / "Info.plist").open("rb") as file:
    info = plistlib.load(file, fmt=plistlib.FMT_XML)
expect(info.get("CFBundlePackageType") == "XFWK", "CFBundlePackageType is not XFWK")
expect(info.get("XCFrameworkFormatVersion") == "1.0", "XCFrameworkFormatVersion is not 1.0")
slices = info.get("AvailableLibraries", [])
expect({one.get("LibraryIdentifier") for one in slices} == wanted, f"the slices are not {sorted(wanted)}")
expect(len(slices) == len(wanted), "a slice is there twice")
for one in slices:
    name = one.get("LibraryIdentifier", "")
    library, headers = root / name / one.get("LibraryPath", "?"), root / name / one.get("HeadersPath", "?")
    expect(library.is_file() and library.read_bytes()[:8] == b"!<arch>\n", f"{name}: {library.name} is no static library")
    expect(one.get("BinaryPath") == one.get("LibraryPath"), f"{name}: BinaryPath is not LibraryPath")
    expect(one.get("SupportedArchitectures") == ["arm64"], f"{name}: the architectures are not arm64 alone")
    expect(one.get("SupportedPlatform") == "ios", f"{name}: the platform is not ios")
    variant = "simulator" if name.endswith("-simulator") else None
    expect(one.get("SupportedPlatformVariant") == variant, f"{name}: the platform's variant is not {variant}")
    maps = list(headers.glob("*/module.modulemap"))
    expect(len(maps) == 1, f"{name}: there is not one module map")
    for module in maps:
        text = module.read_text()
        expect(f"module {module.parent.name} " in text, f"{name}: the module is not named as its folder, where clang looks for it")
        header = text.split('header "', 1)[-1].split('"')[0]
        expect((module.parent / header).is_file(), f"{name}: the module's header {header} is not there")
for mistake in mistakes:
    print(mistake)
sys.exit(1 if mistakes else 0)
