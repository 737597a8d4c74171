import Daka

/// The reminders of the fake.
extension FakeDakaClient.State {
    mutating func set(_ new: [Reminder]) throws(DakaError) -> [Reminder] {
        let known = reminders.map(\.id)
        let given = new.map(\.id).filter { !$0.isEmpty }
        guard new.count <= 20 else { throw DakaError(.badValue, field: "reminders") }
        guard given.allSatisfy(known.contains), Set(given).count == given.count else {
            throw DakaError(.badValue, field: "reminder")
        }
        guard new.allSatisfy({ (0...1439).contains($0.minuteOfDay) }) else {
            throw DakaError(.badValue, field: "minute_of_day")
        }
        guard new.allSatisfy({ (1...127).contains($0.weekdays) }) else { throw DakaError(.badValue, field: "weekdays") }
        var named: [Reminder] = []
        for new in new {
            named.append(
                Reminder(
                    id: new.id.isEmpty ? number(digits: 16) : new.id, minuteOfDay: new.minuteOfDay, weekdays: new.weekdays,
                    asked: new.asked, on: new.on))
        }
        // Stable: in the order given where the minute is the same.
        reminders = named.sorted { $0.minuteOfDay < $1.minuteOfDay }
        return reminders
    }

    func nextReminders(_ limit: Int32) -> [ReminderDue] {
        let dayMs: Int64 = 86_400_000
        let midnight = dayEnds - dayMs
        let due = (0...8).flatMap { day in
            let begins = midnight + Int64(day) * dayMs
            return reminders.filter { $0.on && $0.weekdays >> (weekday(of: begins) - 1) & 1 == 1 }.map {
                ReminderDue(
                    reminder: $0.id, atMs: begins + Int64($0.minuteOfDay) * 60_000, date: date(of: begins),
                    minuteOfDay: $0.minuteOfDay, asked: $0.asked)
            }
        }
        return Array(due.filter { $0.atMs > wallMs && $0.atMs <= wallMs + 8 * dayMs }.prefix(max(0, Int(limit))))
    }
}
