import Testing

/// Waits for what another task or thread does, and fails where it does not happen.
@MainActor func until(_ location: SourceLocation = #_sourceLocation, _ happens: () -> Bool) async {
    for _ in 0..<5000 where !happens() { try? await Task.sleep(for: .milliseconds(1)) }
    #expect(happens(), sourceLocation: location)
}

/// What is asked for, or a failure where no answer comes: nothing else ends a wait for a device that never calls back.
@MainActor func answer<Value>(
    _ location: SourceLocation = #_sourceLocation, _ ask: @escaping @MainActor () async throws -> Value
) async throws -> Value {
    let got = Got<Value>()
    Task {
        do { got.result = .success(try await ask()) } catch { got.result = .failure(error) }
    }
    await until(location) { got.result != nil }
    return try #require(got.result).get()
}

@MainActor private final class Got<Value> {
    var result: Result<Value, any Error>?
}
