import DakaDevice
import DakaScreens
import SwiftUI

/// The app: the phone's devices, the model that outlives every window, and one screen.
@main struct DakaApp: App {
    private let model: AppModel
    private let taps: PhoneNoticeTaps

    init() {
        let version = Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? "0"
        let device: Device
        do {
            device = try Device.thisPhone(version: version)
        } catch {
            // Without a folder of its own an app can keep nothing.
            fatalError("the system gives the app no folder: \(error)")
        }
        let model = AppModel(device: device)
        self.model = model
        PunchIntent.model = model
        taps = PhoneNoticeTaps { profile in Task { _ = await model.punchFromOutside(profile) } }
        PhoneBackground.register { await model.syncInBackground(deadline: $0) }
    }

    var body: some Scene {
        WindowGroup { Root(app: model) }
    }
}
