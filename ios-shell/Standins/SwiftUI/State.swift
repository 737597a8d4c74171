// @State, @Binding, @Bindable, @Environment. State is kept by its place in the tree, as SwiftUI keeps it.

public protocol DynamicProperty {}

@MainActor protocol _Installed { func install(_ context: _Context, _ name: String) }

final class _Cell<Value> {
    var value: Value
    var changed: () -> Void
    init(_ value: Value, _ changed: @escaping () -> Void = {}) {
        self.value = value
        self.changed = changed
    }
}

@propertyWrapper public struct State<Value>: DynamicProperty, _Installed {
    final class Slot {
        var cell: _Cell<Value>
        init(_ cell: _Cell<Value>) { self.cell = cell }
    }
    let slot: Slot
    public init(wrappedValue: Value) { slot = Slot(_Cell(wrappedValue)) }
    public init(initialValue: Value) { slot = Slot(_Cell(initialValue)) }
    public var wrappedValue: Value {
        get { slot.cell.value }
        nonmutating set {
            slot.cell.value = newValue
            slot.cell.changed()
        }
    }
    public var projectedValue: Binding<Value> {
        let cell = slot.cell
        return Binding {
            cell.value
        } set: {
            cell.value = $0
            cell.changed()
        }
    }
    func install(_ context: _Context, _ name: String) {
        let flag = context.store.flag
        let mine = slot.cell
        mine.changed = { flag.raise() }
        slot.cell = context.store.cell(context.path + "." + name) { mine }
    }
}
extension State where Value: ExpressibleByNilLiteral {
    public init() { self.init(wrappedValue: nil) }
}

/// What the system keeps of a scene when it ends the process, by key.
@_spi(Testing) public final class Kept {
    var values: [String: Any] = [:]
    public init() {}
}

@propertyWrapper public struct SceneStorage<Value>: DynamicProperty, _Installed {
    final class Slot {
        var kept = Kept()
        var flag: _Flag?
    }
    let slot = Slot()
    let key: String
    let initial: Value
    public var wrappedValue: Value {
        get { slot.kept.values[key] as? Value ?? initial }
        nonmutating set {
            slot.kept.values[key] = newValue
            slot.flag?.raise()
        }
    }
    public var projectedValue: Binding<Value> {
        Binding {
            wrappedValue
        } set: {
            wrappedValue = $0
        }
    }
    func install(_ context: _Context, _ name: String) { (slot.kept, slot.flag) = (context.store.kept, context.store.flag) }
}
extension SceneStorage where Value == String {
    public init(wrappedValue: Value, _ key: String) { (initial, self.key) = (wrappedValue, key) }
}

@propertyWrapper @dynamicMemberLookup public struct Binding<Value>: DynamicProperty {
    let get: () -> Value
    let set: (Value) -> Void
    public init(get: @escaping () -> Value, set: @escaping (Value) -> Void) {
        self.get = get
        self.set = set
    }
    public init(projectedValue: Binding) { self = projectedValue }
    public static func constant(_ value: Value) -> Binding { Binding(get: { value }, set: { _ in }) }
    public var wrappedValue: Value {
        get { get() }
        nonmutating set { set(newValue) }
    }
    public var projectedValue: Binding { self }
    public subscript<Member>(dynamicMember path: WritableKeyPath<Value, Member>) -> Binding<Member> {
        Binding<Member> {
            get()[keyPath: path]
        } set: {
            var value = get()
            value[keyPath: path] = $0
            set(value)
        }
    }
}

@propertyWrapper @dynamicMemberLookup public struct Bindable<Value> {
    public var wrappedValue: Value
    public init(wrappedValue: Value) where Value: AnyObject & Observable { self.wrappedValue = wrappedValue }
    public init(_ value: Value) where Value: AnyObject & Observable { wrappedValue = value }
    public var projectedValue: Bindable { self }
    public subscript<Member>(dynamicMember path: ReferenceWritableKeyPath<Value, Member>) -> Binding<Member>
    where Value: AnyObject {
        let object = wrappedValue
        return Binding<Member>(get: { object[keyPath: path] }, set: { object[keyPath: path] = $0 })
    }
}

public protocol EnvironmentKey {
    associatedtype Value
    static var defaultValue: Value { get }
}

public struct EnvironmentValues {
    private var keyed: [ObjectIdentifier: Any] = [:]
    var objects: [ObjectIdentifier: AnyObject] = [:]
    public init() {}
    public subscript<K: EnvironmentKey>(key: K.Type) -> K.Value {
        get { keyed[ObjectIdentifier(key)] as? K.Value ?? K.defaultValue }
        set { keyed[ObjectIdentifier(key)] = newValue }
    }
    public var locale = Locale(identifier: "en")
    public var timeZone = TimeZone.current
    public var calendar = Calendar.current
    public var isEnabled = true
    public var scenePhase = ScenePhase.active
    public var colorScheme = ColorScheme.light
    public var openURL = OpenURLAction { _ in .systemAction }
    public internal(set) var dismiss = DismissAction(action: {})
}

public enum ScenePhase: Comparable, Sendable { case background, inactive, active }
public enum ColorScheme: CaseIterable, Sendable { case light, dark }

@MainActor public struct OpenURLAction {
    public enum Result: Sendable { case handled, discarded, systemAction }
    let handler: @MainActor (URL) -> Result
    nonisolated public init(handler: @escaping @MainActor (URL) -> Result) { self.handler = handler }
    public func callAsFunction(_ url: URL) { _ = handler(url) }
}

@MainActor public struct DismissAction {
    let action: @MainActor () -> Void
    nonisolated init(action: @escaping @MainActor () -> Void) { self.action = action }
    public func callAsFunction() { action() }
}

@propertyWrapper public struct Environment<Value>: DynamicProperty, _Installed {
    final class Slot { var environment = EnvironmentValues() }
    let slot = Slot()
    let read: (EnvironmentValues) -> Value
    public init(_ path: KeyPath<EnvironmentValues, Value>) { read = { $0[keyPath: path] } }
    public init(_ type: Value.Type) where Value: AnyObject & Observable {
        read = { $0.objects[ObjectIdentifier(type)] as? Value ?? { fatalError("no \(type) in the environment") }() }
    }
    public var wrappedValue: Value { read(slot.environment) }
    func install(_ context: _Context, _ name: String) { slot.environment = context.environment }
}
