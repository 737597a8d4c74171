"""Judge of the iOS app's project: what Xcode, the system and the App Store read, without any of them. Shares no code with Daka.

    python ios_project.py [FOLDER]          of the app, ios-shell by default

The project is read by pbxproj, property lists by plistlib. What is asked:

- every object that the project names is there and is named by another; every path is there; every file of App/ is the target's, once;
- every target of Package.swift with sources is a product that the project takes, or the app itself; versions agree;
- Info.plist has a purpose for each framework that asks the person, in each language, and for no other; the background modes and tasks are
  those that the sources ask for; the privacy manifest knows Apple's keys and codes of reasons only, and has each API that the sources use.
"""

import json
import plistlib
import re
import sys
from pathlib import Path

from pbxproj import XcodeProject

APP = Path(sys.argv[1] if len(sys.argv) > 1 else "ios-shell")
LANGUAGES = {"en", "zh-Hans", "zh-Hant", "zh-Hant-HK"}
# Frameworks whose use makes the system ask, and the purpose that it shows. PhotosPicker asks nothing: it runs outside the app.
PURPOSES = {
    "AVFoundation": "NSCameraUsageDescription",
    "CoreLocation": "NSLocationWhenInUseUsageDescription",
    "CoreMotion": "NSMotionUsageDescription",
    "CoreBluetooth": "NSBluetoothAlwaysUsageDescription",
    "Contacts": "NSContactsUsageDescription",
    "Photos": "NSPhotoLibraryUsageDescription",
}
# Apple's page "Describing use of required reason API".
REASONS = {
    "NSPrivacyAccessedAPICategoryFileTimestamp": {"DDA9.1", "C617.1", "3B52.1", "0A2A.1"},
    "NSPrivacyAccessedAPICategorySystemBootTime": {"35F9.1", "8FFB.1", "3D61.1"},
    "NSPrivacyAccessedAPICategoryDiskSpace": {"85F4.1", "E174.1", "7D9E.1", "B728.1"},
    "NSPrivacyAccessedAPICategoryActiveKeyboards": {"3EC4.1", "54BD.1"},
    "NSPrivacyAccessedAPICategoryUserDefaults": {"CA92.1", "1C8F.1", "C56D.1", "AC6B.1"},
}
# What in a source uses such an API.
USES = {
    "NSPrivacyAccessedAPICategorySystemBootTime": r"\b(mach_absolute_time|mach_continuous_time|systemUptime)\b",
    "NSPrivacyAccessedAPICategoryUserDefaults": r"\b(UserDefaults|AppStorage|SceneStorage)\b",
    "NSPrivacyAccessedAPICategoryFileTimestamp": r"\b(modificationDate|creationDate|contentModificationDateKey)\b",
    "NSPrivacyAccessedAPICategoryDiskSpace": r"\bvolumeAvailableCapacity\w*|\bsystemFreeSize\b",
}
DATA = {f"NSPrivacyCollectedDataType{name}" for name in ["PreciseLocation", "PhotosorVideos", "OtherUserContent", "DeviceID", "UserID", "Name"]}

passed, failed = 0, []


def check(what, holds, why=""):
    global passed
    if holds:
        passed += 1
    else:
        failed.append(what)
        print(f"FAILED {what}: {why}")


def same(what, found, wanted):
    check(what, found == wanted, f"found {found}, wanted {wanted}")


def plain(value):
    """A value of the project as Python's own."""
    if hasattr(value, "get_keys"):
        return {str(key): plain(value[key]) for key in value.get_keys()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str(value)


def plist(path):
    with open(APP / path, "rb") as file:
        return plistlib.load(file)


def strings(path):
    return json.loads((APP / path).read_text(encoding="utf-8"))["strings"]


def sources(*folders):
    return {path: path.read_text(encoding="utf-8") for folder in folders for path in sorted((APP / folder).rglob("*.swift"))}


def named(value):
    """Everything in a value that looks like the name of an object."""
    if isinstance(value, dict):
        return {name for one in value.values() for name in named(one)}
    if isinstance(value, list):
        return {name for one in value for name in named(one)}
    return {value} if re.fullmatch(r"[0-9A-F]{24}|D[0-9A-F]{20,24}", value) else set()


def project():
    loaded = XcodeProject.load(str(APP / "Daka.xcodeproj/project.pbxproj"))
    objects = {str(one.get_id()): plain(one) for one in loaded.objects.get_objects_in_section(*loaded.objects.get_sections())}
    root = str(loaded.rootObject)
    used = {root} | {name for one in objects.values() for name in named(one)}
    same("objects that are named and there", used - objects.keys(), set())
    same("objects that are there and named", objects.keys() - used, set())
    kind = lambda isa: [one for one in objects.values() if one["isa"] == isa]

    for one in kind("PBXFileReference"):
        if one["sourceTree"] == "<group>":
            check(f"the file {one['path']}", (APP / one["path"]).is_file(), "is not there")
    targets = kind("PBXNativeTarget")
    same("targets", [one["name"] for one in targets], ["Daka"])
    groups = [objects[name] for name in targets[0]["fileSystemSynchronizedGroups"]]
    same("folders of the target", [one["path"] for one in groups], ["App"])
    left_out = {path for group in groups for name in group["exceptions"] for path in objects[name]["membershipExceptions"]}
    same("what the target leaves out of App", left_out, {"Info.plist"})

    package = (APP / "Package.swift").read_text(encoding="utf-8")
    products = set(re.findall(r'\.library\(name: "(\w+)", targets: \["\1"\]\)', package))
    taken = {objects[name]["productName"] for name in targets[0]["packageProductDependencies"]}
    same("products that the app takes", taken, products)
    linked = {objects[objects[name]["productRef"]]["productName"] for phase in kind("PBXFrameworksBuildPhase") for name in phase["files"]}
    same("products that the app links", linked, products)
    same("folders of sources", {path.name for path in (APP / "Sources").iterdir() if path.is_dir()}, products)
    for one in kind("XCLocalSwiftPackageReference"):
        check("the package", (APP / one["relativePath"] / "Package.swift").is_file(), f"is not in {one['relativePath']}")
    excluded = set(re.findall(r'"([^"]+)"', re.search(r'path: "App",\s*exclude: \[([^\]]*)\]', package).group(1)))
    others = {path.name for path in (APP / "App").iterdir() if path.suffix != ".swift"}
    same("files of App that are no sources", excluded, others)

    plainly = [one for one in kind("PBXProject")][0]
    same("languages of the project", set(plainly["knownRegions"]), LANGUAGES | {"Base"})
    version = re.search(r'(?m)^version = "([^"]+)"', Path(APP.parent / "Cargo.toml").read_text(encoding="utf-8")).group(1)
    configurations = [one["buildSettings"] for one in kind("XCBuildConfiguration") if "INFOPLIST_FILE" in one["buildSettings"]]
    same("configurations of the app", len(configurations), 2)
    for settings in configurations:
        for key in ["INFOPLIST_FILE", "CODE_SIGN_ENTITLEMENTS"]:
            check(key, (APP / settings[key]).is_file(), f"{settings[key]} is not there")
        same("version", settings["MARKETING_VERSION"], version)
        same("language mode", settings["SWIFT_VERSION"], "6.0")
        same("system", f".iOS(.v{settings['IPHONEOS_DEPLOYMENT_TARGET'].removesuffix('.0')})" in package, True)
        for sdk, slice_ in [("iphoneos", "ios-arm64"), ("iphonesimulator", "ios-arm64-simulator")]:
            folder = settings[f"LIBRARY_SEARCH_PATHS[sdk={sdk}*]"]
            same(f"library for {sdk}", folder, f"$(SRCROOT)/../target/apple/Daka.xcframework/{slice_}")


def information():
    info, code = plist("App/Info.plist"), sources("Sources", "App")
    text = "\n".join(code.values())
    imported = set(re.findall(r"(?m)^import (\w+)", text))
    wanted = {purpose for framework, purpose in PURPOSES.items() if framework in imported}
    same("purposes", {key for key in info if key.endswith("UsageDescription")}, wanted)
    shown = strings("App/InfoPlist.xcstrings")
    for purpose in sorted(wanted):
        said = {name: unit["stringUnit"]["value"] for name, unit in shown[purpose]["localizations"].items()}
        same(f"languages of {purpose}", set(said), LANGUAGES)
        check(f"words of {purpose}", all(len(words.strip()) > 8 for words in said.values()), "too few")
        same(f"English of {purpose}", info[purpose], said["en"])
    same("languages of the app", set(info["CFBundleLocalizations"]), LANGUAGES)

    wakes = next(text for path, text in code.items() if path.name == "PhoneBackground.swift")
    asked = re.findall(r'case \w+ = "([\w.]+)"', wakes)
    same("background tasks", info["BGTaskSchedulerPermittedIdentifiers"], asked)
    modes = {"fetch"} if "BGAppRefreshTaskRequest" in wakes else set()
    modes |= {"processing"} if "BGProcessingTaskRequest" in wakes else set()
    same("background modes", set(info["UIBackgroundModes"]), modes)
    check("transport", "NSAppTransportSecurity" not in info, "cleartext is let through")

    phrases = strings("App/AppShortcuts.xcstrings")
    check("phrases", len(phrases) > 0, "none")
    for phrase, one in phrases.items():
        said = {name: unit["stringUnit"]["value"] for name, unit in one["localizations"].items()}
        same(f"languages of “{phrase}”", set(said), LANGUAGES)
        check(f"the app's name in “{phrase}”", all(words.count("${applicationName}") == 1 for words in said.values()), said)
        source = phrase.replace("${applicationName}", r"\(.applicationName)")
        check(f"“{phrase}” in the source", f'"{source}"' in text, "is not said")

    rights = plist("App/Daka.entitlements")
    same("right to the Wi-Fi's name", rights.get("com.apple.developer.networking.wifi-info"), "NetworkExtension" in imported)
    same("protection", rights.get("com.apple.developer.default-data-protection"), "NSFileProtectionCompleteUntilFirstUserAuthentication")
    same("App Groups", rights.get("com.apple.security.application-groups"), None)


def privacy():
    manifest, text = plist("App/PrivacyInfo.xcprivacy"), "\n".join(sources("Sources", "App").values())
    keys = {"NSPrivacyTracking", "NSPrivacyTrackingDomains", "NSPrivacyCollectedDataTypes", "NSPrivacyAccessedAPITypes"}
    same("keys of the manifest", set(manifest), keys)
    same("tracking", (manifest["NSPrivacyTracking"], manifest["NSPrivacyTrackingDomains"]), (False, []))
    collected = [one["NSPrivacyCollectedDataType"] for one in manifest["NSPrivacyCollectedDataTypes"]]
    check("kinds of data", set(collected) <= DATA and len(set(collected)) == len(collected), collected)
    for one in manifest["NSPrivacyCollectedDataTypes"]:
        what = one["NSPrivacyCollectedDataType"]
        same(f"tracking by {what}", one["NSPrivacyCollectedDataTypeTracking"], False)
        same(f"purposes of {what}", one["NSPrivacyCollectedDataTypePurposes"], ["NSPrivacyCollectedDataTypePurposeAppFunctionality"])
    told = {one["NSPrivacyAccessedAPIType"]: one["NSPrivacyAccessedAPITypeReasons"] for one in manifest["NSPrivacyAccessedAPITypes"]}
    for category, reasons in told.items():
        check(f"reasons of {category}", reasons and set(reasons) <= REASONS.get(category, set()), reasons)
    for category, pattern in USES.items():
        check(f"{category} is told", category in told or not re.search(pattern, text), "the sources use it")


project()
information()
privacy()
print(f"{passed} passed, {len(failed)} failed")
sys.exit(1 if failed else 0)
