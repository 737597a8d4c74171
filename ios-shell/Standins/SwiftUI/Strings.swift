// Keys with interpolated values, and the string catalogue (.xcstrings) that they are looked up in. The catalogue is Xcode's own format,
// plain JSON, read as it is: one file serves Xcode and the tests.

public struct LocalizedStringKey: ExpressibleByStringInterpolation, Sendable {
    enum Value: Sendable {
        case int(Int64)
        case text(String)
        case nested(Text)
    }
    let key: String
    let values: [Value]
    public init(_ value: String) {
        key = value
        values = []
    }
    public init(stringLiteral value: String) { self.init(value) }
    public init(stringInterpolation: StringInterpolation) {
        key = stringInterpolation.key
        values = stringInterpolation.values
    }
    public struct StringInterpolation: StringInterpolationProtocol {
        var key = ""
        var values: [Value] = []
        public init(literalCapacity: Int, interpolationCount: Int) {}
        public mutating func appendLiteral(_ literal: String) { key += literal.replacingOccurrences(of: "%", with: "%%") }
        public mutating func appendInterpolation(_ string: String) {
            key += "%@"
            values.append(.text(string))
        }
        public mutating func appendInterpolation(_ text: Text) {
            key += "%@"
            values.append(.nested(text))
        }
        public mutating func appendInterpolation(_ value: Int) { appendInterpolation(Int64(value)) }
        public mutating func appendInterpolation(_ value: Int64) {
            key += "%lld"
            values.append(.int(value))
        }
    }
}

/// An Xcode string catalogue.
@_spi(Testing) public struct Catalog: Sendable {
    struct File: Decodable, Sendable {
        var sourceLanguage: String
        var strings: [String: Item]
    }
    struct Item: Decodable, Sendable { var localizations: [String: Form]? }
    struct Form: Decodable, Sendable {
        var stringUnit: Unit?
        var variations: Variations?
    }
    struct Variations: Decodable, Sendable { var plural: [String: Form]? }
    struct Unit: Decodable, Sendable {
        var state: String
        var value: String
    }
    let file: File
    public init(_ data: Data) throws { file = try JSONDecoder().decode(File.self, from: data) }
    public init(contentsOf url: URL) throws { try self.init(Data(contentsOf: url)) }
    public var keys: Set<String> { Set(file.strings.keys) }

    /// Every gap between the catalogue and the languages an app promises: no translation, not reviewed, empty, other placeholders than
    /// the key's, no plural form `other`.
    public func gaps(_ languages: [String]) -> [String] {
        keys.sorted().flatMap { key in
            languages.flatMap { language -> [String] in
                guard let form = file.strings[key]?.localizations?[language] else { return ["\(key): no \(language)"] }
                let units = form.stringUnit.map { [$0] } ?? form.variations?.plural?.values.compactMap(\.stringUnit) ?? []
                if units.isEmpty { return ["\(key): empty in \(language)"] }
                if form.variations != nil, form.variations?.plural?["other"] == nil {
                    return ["\(key): no plural 'other' in \(language)"]
                }
                return units.flatMap { unit in
                    (unit.state == "translated" ? [] : ["\(key): \(unit.state) in \(language)"])
                        + (unit.value.isEmpty ? ["\(key): empty in \(language)"] : [])
                        + (Self.holes(unit.value).map(\.1) == Self.holes(key).map(\.1)
                            ? [] : ["\(key): placeholders differ in \(language)"])
                }
            }
        }
    }

    /// Placeholders in the order of their values: range and conversion.
    static func holes(_ text: String) -> [(Range<String.Index>, String)] {
        let found = text.matches(of: /%(?:(\d+)\$)?(@|lld)/).enumerated().map { index, match in
            (Int(match.1 ?? "") ?? index + 1, match.range, String(match.2))
        }
        return found.sorted { $0.0 < $1.0 }.map { ($0.1, $0.2) }
    }

    /// The text of a key. One that no bundle is named for is the app's own, which has none: it shows as its key, as on the phone.
    @MainActor func text(_ key: LocalizedStringKey, _ context: _Context, _ bundle: Bundle?) -> String {
        let locale = context.environment.locale
        let wanted = locale.identifier.replacingOccurrences(of: "_", with: "-")
        guard bundle != nil else {
            context.store.missing.insert("\(key.key) [no bundle]")
            return key.key
        }
        let all = file.strings[key.key]?.localizations ?? [:]
        var parts = wanted.split(separator: "-")
        var form: Form?
        while form == nil, !parts.isEmpty {
            form = all[parts.joined(separator: "-")]
            parts.removeLast()
        }
        if form == nil {
            context.store.missing.insert("\(key.key) [\(wanted)]")
            form = all[file.sourceLanguage]
        }
        let number = key.values.lazy.compactMap { if case .int(let number) = $0 { number } else { nil } }.first
        // The rule of Unicode's CLDR for whole numbers: English has "one" for 1, Chinese has "other" alone.
        let plural = number == 1 && wanted.hasPrefix("en") ? "one" : "other"
        let pattern = form?.stringUnit?.value ?? form?.variations?.plural?[plural]?.stringUnit?.value ?? key.key
        var out = pattern
        for ((range, _), value) in zip(Self.holes(pattern), key.values).sorted(by: { $0.0.0.lowerBound > $1.0.0.lowerBound }) {
            switch value {
            case .int(let number): out.replaceSubrange(range, with: String(number))
            case .nested(let text): out.replaceSubrange(range, with: text.words(context))
            case .text(let text): out.replaceSubrange(range, with: text)
            }
        }
        return out.replacingOccurrences(of: "%%", with: "%")
    }
}
