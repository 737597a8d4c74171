@_exported import Foundation
import SwiftUI

// PhotosPicker is Swift alone: nothing to hold it against but Apple's documentation.

public struct PHPickerFilter: Sendable { public static let images = Self() }

public struct PhotosPickerItem: Equatable, Hashable, Sendable {
    public struct EncodingDisambiguationPolicy: Equatable, Hashable, Sendable { public static let compatible = Self() }
    public func loadTransferable<T: Sendable>(type: T.Type) async throws -> T? { nil }
}

public struct PhotosPicker<Label: View>: View {
    let label: Label
    public init(
        selection: Binding<PhotosPickerItem?>, matching filter: PHPickerFilter? = nil,
        preferredItemEncoding: PhotosPickerItem.EncodingDisambiguationPolicy = .compatible, @ViewBuilder label: () -> Label
    ) {
        self.label = label()
    }
    public var body: some View {
        Button {
        } label: {
            label
        }
    }
}
