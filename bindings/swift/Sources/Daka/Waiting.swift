import Foundation

// How a call of the core is waited for.
//
// uniffi's own waiting does not hear of cancellation. So a call runs in a task of its own, which nobody cancels, and the caller waits
// for its answer or for its own cancellation, whichever comes first:
//
//     cancelled before the call   CancellationError; the call is not begun
//     cancelled during it         CancellationError at once; the call is finished, its answer dropped
//     answered                    the answer, or a DakaError

/// Runs a call of the core to its end and gives its failure a type. A caller that is cancelled stops waiting, and gets `CancellationError`.
func calling<Value: Sendable>(_ call: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let answer = Answer<Value>()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { caller in
            guard answer.awaited(by: caller) else { return }
            Task { answer.give(await result(of: call)) }
        }
    } onCancel: {
        answer.give(.failure(CancellationError()))
    }
}

/// The same for a call that the caller waits for whatever becomes of its task: after it the database is open, or closed for real.
func callingToTheEnd<Value: Sendable>(_ call: () async throws -> Value) async throws(DakaError) -> Value {
    do { return try await call() } catch { throw DakaError(error) }
}

private func result<Value: Sendable>(of call: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await call()) } catch { return .failure(DakaError(error)) }
}

/// One answer for one caller: the first that is given counts, and it may be given before the caller waits.
private final class Answer<Value: Sendable>: @unchecked Sendable {
    private enum State {
        case nobodyWaits
        case awaited(CheckedContinuation<Value, any Error>)
        case given(Result<Value, any Error>)
    }

    private let lock = NSLock()
    private var state = State.nobodyWaits

    /// False if the answer was there already; then the caller has it.
    func awaited(by caller: CheckedContinuation<Value, any Error>) -> Bool {
        let given: Result<Value, any Error>? = lock.withLock {
            if case .given(let result) = state { return result }
            state = .awaited(caller)
            return nil
        }
        if let given { caller.resume(with: given) }
        return given == nil
    }

    func give(_ result: Result<Value, any Error>) {
        let caller: CheckedContinuation<Value, any Error>? = lock.withLock {
            defer { if case .given = state {} else { state = .given(result) } }
            if case .awaited(let caller) = state { return caller }
            return nil
        }
        caller?.resume(with: result)
    }
}
