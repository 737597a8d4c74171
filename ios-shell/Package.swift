// swift-tools-version: 6.0
import PackageDescription

// On a Mac the frameworks are Apple's. Elsewhere their names are taken by stand-ins, so that the app's own sources are the same
// everywhere and have no line for it. The stand-ins are for tests: no product of this package holds one.
#if os(Linux)
    let standins = [
        "SwiftUI", "PhotosUI", "UIKit", "QuartzCore", "CoreLocation", "CoreMotion", "NetworkExtension", "AVFoundation", "Security",
        "DeviceCheck", "BackgroundTasks", "Network", "UserNotifications", "AppIntents",
    ]
#else
    let standins: [String] = []
#endif

/// The stand-ins of these frameworks, where there are stand-ins.
func frameworks(_ names: [String]) -> [Target.Dependency] { names.filter(standins.contains).map { .byName(name: $0) } }

let package = Package(
    name: "DakaApp",
    defaultLocalization: "en",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "DakaScreens", targets: ["DakaScreens"]),
        .library(name: "DakaDevice", targets: ["DakaDevice"]),
    ],
    dependencies: [.package(path: "../bindings/swift")],
    targets: [
        // What a person sees, and nothing of the device.
        .target(
            name: "DakaScreens", dependencies: [.product(name: "Daka", package: "swift")] + frameworks(["SwiftUI"]),
            resources: [.process("Resources")]),
        // The device, and nothing that decides.
        .target(
            name: "DakaDevice",
            dependencies: ["DakaScreens", .product(name: "Daka", package: "swift")] + standins.map { .byName(name: $0) }),
        // The entry of the app, so that it is compiled wherever the tests are. In Xcode it is the app's own target.
        .executableTarget(
            name: "DakaApp", dependencies: ["DakaScreens", "DakaDevice"] + frameworks(["SwiftUI", "AppIntents"]), path: "App",
            exclude: ["Info.plist", "InfoPlist.xcstrings", "AppShortcuts.xcstrings", "PrivacyInfo.xcprivacy", "Daka.entitlements"]),
        .testTarget(
            name: "DakaScreensTests",
            dependencies: ["DakaScreens", .product(name: "Daka", package: "swift"), .product(name: "DakaTesting", package: "swift")],
            exclude: ["Outlines"]),
        .testTarget(name: "DakaDeviceTests", dependencies: ["DakaDevice"]),
    ]
        + standins.map { name in
            // Which stand-in knows which other.
            let known = ["UIKit": ["SwiftUI", "QuartzCore"], "PhotosUI": ["SwiftUI"], "AVFoundation": ["QuartzCore"]]
            return .target(name: name, dependencies: frameworks(known[name] ?? []), path: "Standins/\(name)")
        },
    swiftLanguageModes: [.v6]
)
