import Daka
import SwiftUI

/// The times at which the person wants to be reminded.
struct ReminderScreen: View {
    let app: AppModel
    let journal: Journal
    @State private var reminders: [Reminder] = []
    @State private var access = Access.allowed
    @State private var trouble = Trouble()

    var body: some View {
        Form {
            switch access {
            case .notAsked: Section { say("refusals.notifications_why").called("reminder-why") }
            case .allowed: EmptyView()
            default:
                Section {
                    say("refusals.notifications_denied").called("reminder-refused")
                    SettingsTap(identifier: "reminder-settings")
                }
            }
            if reminders.isEmpty { Section { say("reminders.empty") } }
            ForEach(reminders, id: \.id) { one($0) }
            rows(footer: say("reminders.about")) { tap("reminder-add", say("reminders.add"), "plus") { Task { await add() } } }
        }
        .navigationTitle(say("reminders.title"))
        .task {
            access = await app.device.notices.access()
            await trouble.attempt { reminders = try await journal.daka.reminders() }
        }
        .tells(trouble)
    }

    /// A new one: nine o'clock from Monday to Friday, until the person says otherwise.
    private func add() async {
        if access == .notAsked { access = await app.device.notices.ask() }
        await keep(reminders + [Reminder(id: "", minuteOfDay: 9 * 60, weekdays: 0b001_1111, asked: .in, on: true)])
    }

    private func keep(_ changed: [Reminder]) async {
        if changed.contains(where: { $0.weekdays == 0 }) { return trouble.tell(say("reminders.no_days")) }
        await trouble.attempt {
            reminders = try await journal.daka.setReminders(changed)
            await app.remind()
        }
    }

    private func one(_ reminder: Reminder) -> some View {
        func kept<Value>(_ value: Value, _ changed: @escaping (Value) -> Reminder) -> Binding<Value> {
            Binding { value } set: { new in Task { await keep(reminders.map { $0.id == reminder.id ? changed(new) : $0 }) } }
        }
        // The time, as that of the first day of 1970 in UTC.
        let time = Date(timeIntervalSince1970: Double(reminder.minuteOfDay) * 60)
        return Section {
            Toggle(isOn: kept(reminder.on) { reminder.with(on: $0) }) {
                say("reminders.due \(reminder.asked.sentence) \(Text(time, format: Clock(zone: .gmt)))")
            }
            .called("reminder-on")
            DatePicker(selection: kept(time) { reminder.with(time: $0) }, displayedComponents: .hourAndMinute) { say("reminders.time") }
                .environment(\.timeZone, .gmt).called("reminder-time")
            choice("reminder-for", say("reminders.kind"), Asked.kinds, kept(reminder.asked) { reminder.with(asked: $0) })
            say("reminders.days").font(.headline)
            ForEach(0..<7, id: \.self) { day in
                // Bit 0 is Monday, and the first Monday of 2024 was its first day.
                Toggle(isOn: kept(reminder.weekdays & (1 << day) != 0) { _ in reminder.with(weekdays: reminder.weekdays ^ (1 << day)) }) {
                    CalendarDay("2024-01-0\(day + 1)")?.weekday
                }
                .called("reminder-day-\(day)")
            }
            tap("reminder-remove", say("reminders.remove"), role: .destructive) {
                Task { await keep(reminders.filter { $0.id != reminder.id }) }
            }
        }
    }
}

extension Reminder {
    fileprivate func with(time: Date? = nil, weekdays: Int32? = nil, asked: Asked? = nil, on: Bool? = nil) -> Reminder {
        let minute = time.map { Int32($0.timeIntervalSince1970 / 60) % (24 * 60) }
        return Reminder(
            id: id, minuteOfDay: minute ?? minuteOfDay, weekdays: weekdays ?? self.weekdays, asked: asked ?? self.asked, on: on ?? self.on)
    }
}
