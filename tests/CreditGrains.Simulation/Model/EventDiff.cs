using System.Text;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine.Queries;

namespace CreditGrains.Simulation.Model;

/// <summary>Compares an event with what the rules say it must be, field by field.</summary>
internal static class EventDiff
{
    public static void Check(EventRecord expected, EventRecord actual, Command? command)
    {
        StringBuilder differences = new();
        void Compare<T>(string field, T wanted, T found)
        {
            if (!EqualityComparer<T>.Default.Equals(wanted, found)) differences.AppendLine($"  {field}: rules say {wanted}, journal says {found}");
        }

        Compare("Kind", expected.Kind, actual.Kind);
        Compare("Outcome", expected.Outcome, actual.Outcome);
        Compare("Reason", expected.Reason, actual.Reason);
        Compare("Id", expected.Id, actual.Id);
        Compare("Amount", expected.Amount, actual.Amount);
        Compare("ExpiresAtMicros", expected.ExpiresAtMicros, actual.ExpiresAtMicros);
        Compare("PreviousSequence", expected.PreviousSequence, actual.PreviousSequence);
        Compare("Balances", expected.Balances, actual.Balances);
        Compare("Limits", Text(Binding(expected)), Text(Binding(actual)));
        if (expected.Kind != CommandKind.Reverse || expected.Key.IsFacility) Compare("Key", expected.Key, actual.Key);
        if (expected.Control is null or LoanOffer or LoanTakeover && expected.Kind != CommandKind.LimitFellDue) Compare("Headroom", expected.Headroom, actual.Headroom);
        Compare("Loans", string.Join("; ", expected.Loans), string.Join("; ", actual.Loans));
        Compare("LoanFault", expected.LoanFault, actual.LoanFault);
        if (HasParts(expected)) Compare("Parts", (expected.FeesPart, expected.InterestPart, expected.CreditPart), (actual.FeesPart, actual.InterestPart, actual.CreditPart));
        if (command is { } given) CompareAsked(expected, actual, given, Compare);
        if (differences.Length == 0) return;
        throw new ModelMismatchException($"event {actual.Sequence} {actual.Kind} on {actual.Key} at {actual.RecordedAtMicros}\n{differences}");
    }

    /// <summary>How the answer a caller got differs from what answers it; null when it does not.</summary>
    public static string? OutcomeFault(in Outcome outcome, in Admission admission, EventRecord journaled)
    {
        if (admission.IsBarred)
        {
            bool isBarred = outcome is { Kind: OutcomeKind.Declined, Reason: Reason.Tombstoned }
                && outcome.Sequence == journaled.Sequence && outcome.RecordedAtMicros == journaled.RecordedAtMicros;
            return isBarred ? null : $"answer {outcome.Kind} {outcome.Reason} {outcome.Sequence} to an id barred by event {journaled.Sequence}";
        }
        var found = (outcome.Kind, outcome.Reason, outcome.Sequence, outcome.RecordedAtMicros, outcome.Amount, outcome.ExpiresAtMicros,
            outcome.Balances, outcome.Headroom, Text(outcome.Limits ?? []));
        var wanted = (journaled.Outcome, journaled.Reason, journaled.Sequence, journaled.RecordedAtMicros, journaled.Amount, journaled.ExpiresAtMicros,
            journaled.Balances, journaled.Headroom, Text(journaled.Limits));
        return found == wanted ? null : $"answer {found}\nevent  {wanted}";
    }

    /// <summary>Whether two readings of an event are equal in every field.</summary>
    public static bool AreSame(EventRecord first, EventRecord second) =>
        first with { Loans = second.Loans, Limits = second.Limits, Attributes = second.Attributes, Control = second.Control, Regraphed = second.Regraphed } == second
        && first.Limits.SequenceEqual(second.Limits) && first.Loans.SequenceEqual(second.Loans) && first.Attributes.Span.SequenceEqual(second.Attributes.Span)
        && first.Regraphed.SequenceEqual(second.Regraphed) && CommandEquality.AreSame(first.Control, second.Control);

    private static void CompareAsked(EventRecord expected, EventRecord actual, in Command command, Action<string, object?, object?> compare)
    {
        if (command.Control is { } control)
        {
            // A loan's terms are journaled with the drawdown they belong to, whatever becomes of it.
            if (!CommandEquality.AreSame(control, actual.Control)) compare("Control", control, actual.Control);
            if (control is not (LoanOffer or LoanTakeover)) return;
        }
        if (command.Amount != 0) compare("AmountAsked", expected.AmountAsked, actual.AmountAsked);
        if (command.Currency != default && actual.Reason is not (Reason.CurrencyMismatch or Reason.Tombstoned)) compare("Currency", expected.Currency, actual.Currency);
        if (command.Reference != 0) compare("Reference", expected.Reference, actual.Reference);
        if (command.OccurredAtMicros != 0) compare("OccurredAtMicros", expected.OccurredAtMicros, actual.OccurredAtMicros);
        compare("AmountMin", expected.AmountMin, actual.AmountMin);
        compare("Original", expected.Original, actual.Original);
        compare("Options", expected.Options, actual.Options);
        compare("Attributes", Convert.ToHexString(expected.Attributes.Span), Convert.ToHexString(actual.Attributes.Span));
        // What works on a hold is journaled under the hold's origin.
        if (command.Kind is not (CommandKind.Authorize or CommandKind.Drawdown or CommandKind.ClearWithoutHold)) return;
        compare("Channel", expected.Channel, actual.Channel);
        compare("Scenario", expected.Scenario, actual.Scenario);
        compare("MerchantCategory", expected.MerchantCategory, actual.MerchantCategory);
    }

    // A declined control command may name the node at fault or leave it to its own record.
    private static IReadOnlyList<FailingLimit> Binding(EventRecord record) =>
        record.Control is null or LoanOffer or LoanTakeover ? record.Limits : [.. record.Limits.Where(limit => limit.Kind != LimitKind.Blocked)];

    // Parts are laid down for what allocates a repayment, and for corrections whatever becomes of them.
    private static bool HasParts(EventRecord expected) => expected.Kind == CommandKind.Adjust
        || (expected.Outcome == OutcomeKind.Posted && (expected.Kind is CommandKind.ClearRepayment or CommandKind.ClearRepaymentDue || (expected.Kind == CommandKind.Repay && !expected.Options.HasFlag(CommandOptions.Uncleared))));

    private static string Text(IReadOnlyList<FailingLimit> limits) =>
        string.Join("; ", limits.Select(limit => $"{limit.Kind} {limit.Node} limit {limit.Limit} headroom {limit.Headroom} detail {limit.Detail}"));
}
