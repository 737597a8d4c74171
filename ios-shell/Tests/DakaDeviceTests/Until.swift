import Testing

/// Waits for what another task or thread does, and fails where it does not happen.
@MainActor func until(_ location: SourceLocation = #_sourceLocation, _ happens: () -> Bool) async {
    for _ in 0..<5000 where !happens() { try? await Task.sleep(for: .milliseconds(1)) }
    #expect(happens(), sourceLocation: location)
}
