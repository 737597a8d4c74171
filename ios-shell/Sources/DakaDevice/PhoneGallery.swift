import DakaScreens
import PhotosUI
import SwiftUI
import UIKit

/// The system's picker: it runs outside the app, which sees the chosen picture alone and needs no permission.
@MainActor public final class PhoneGallery: GallerySource {
    public init() {}

    public func chooser(_ label: Text, _ chosen: @escaping @MainActor (Result<URL, PhotoTrouble>) -> Void) -> AnyView {
        AnyView(Chooser(label: label, chosen: chosen))
    }

    public func picture(_ bytes: Data) -> Image? { UIImage(data: bytes).map { Image(uiImage: $0) } }
}

private struct Chooser: View {
    let label: Text
    let chosen: @MainActor (Result<URL, PhotoTrouble>) -> Void
    @State private var item: PhotosPickerItem?

    var body: some View {
        PhotosPicker(selection: $item, matching: .images, preferredItemEncoding: .compatible) {
            Label { label } icon: { Image(systemName: "photo.on.rectangle") }
        }
        .onChange(of: item) { _, picked in
            guard let picked else { return }
            item = nil
            Task { chosen(await Self.file(picked)) }
        }
    }

    /// The bytes of the picture as they are: whether they are a JPEG, the core says.
    private static func file(_ item: PhotosPickerItem) async -> Result<URL, PhotoTrouble> {
        guard let bytes = try? await item.loadTransferable(type: Data.self) else { return .failure(.unreadable) }
        return PhotoFile.write(bytes)
    }
}
