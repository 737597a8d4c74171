import DakaFFI
import Foundation

/// From the core's one listener to any number of streams.
///
/// The core holds the hub, and the hub holds nothing but the ends of streams: no client, so nothing holds itself alive across the
/// boundary. Changes come one after the other from a thread of the core that does nothing else; the lock is held only to look at the
/// table, never while a stream is told, because ending one calls back.
package final class EventHub: EventListener, @unchecked Sendable {
    /// What streams are made of.
    package enum Change: Sendable {
        /// The core said so.
        case event(DakaEvent)
        /// Something that has no event: look at the state again.
        case lookAgain
    }

    private struct Reader: Sendable {
        let tell: @Sendable (Change) -> Void
        let end: @Sendable () -> Void
    }

    private let lock = NSLock()
    /// Nil after the end.
    private var readers: [UInt64: Reader]? = [:]
    private var last: UInt64 = 0

    package init() {}

    package func onEvent(event: DakaEvent) throws { tell(.event(event)) }

    /// Has the states asked for again.
    package func lookAgain() { tell(.lookAgain) }

    /// Ends all streams, those that exist and those to come.
    package func end() {
        let ending = lock.withLock {
            defer { readers = nil }
            return readers ?? [:]
        }
        for reader in ending.values { reader.end() }
    }

    /// The core's events.
    package var events: AsyncStream<DakaEvent> {
        stream(.bufferingNewest(1024)) { change in
            if case .event(let event) = change { event } else { nil }
        }
    }

    /// What `ask` says now and after each change, without repetitions. Changes that come while it is asked are one change; where it
    /// says nothing, nothing comes.
    package func states<State: Equatable & Sendable>(
        _ ask: @escaping @Sendable () async -> State?
    ) -> AsyncStream<State> {
        // Before the first question, so that nothing falls between.
        let changes = stream(.bufferingNewest(1)) { _ in true }
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { states in
            let asking = Task {
                var shown: State?
                func show() async {
                    guard let state = await ask(), state != shown else { return }
                    shown = state
                    states.yield(state)
                }
                await show()
                for await _ in changes { await show() }
                states.finish()
            }
            states.onTermination = { _ in asking.cancel() }
        }
    }

    private func stream<Element: Sendable>(
        _ policy: AsyncStream<Element>.Continuation.BufferingPolicy,
        _ element: @escaping @Sendable (Change) -> Element?
    ) -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream.makeStream(of: Element.self, bufferingPolicy: policy)
        let reader = Reader(
            tell: { change in if let element = element(change) { continuation.yield(element) } },
            end: { continuation.finish() })
        let number: UInt64? = lock.withLock {
            guard readers != nil else { return nil }
            last += 1
            readers?[last] = reader
            return last
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            guard let self else { return }
            _ = lock.withLock { self.readers?.removeValue(forKey: number) }
        }
        return stream
    }

    private func tell(_ change: Change) {
        let all = lock.withLock { readers ?? [:] }
        for reader in all.values { reader.tell(change) }
    }
}
