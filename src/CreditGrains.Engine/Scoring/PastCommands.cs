using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Domain.Loans.Products;
using CreditGrains.Domain.Requests;
using CreditGrains.Engine.Events;
using CreditGrains.Engine.Execution;
using CreditGrains.Engine.Loans;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Scoring;

/// <summary>
/// The commands behind the events of a journal, as a second book takes them: references turned to what stands for them there, and amounts that had happened cut to
/// what there is to be paid, written off or recovered there. It is the second book's record of ids too: the only one that is looked up is that of a decision taken back.
/// </summary>
internal sealed class PastCommands(PartitionState state, IDecisionReader decisions) : IRequestIds
{
    private readonly LoanBook loans = new(state);
    private readonly Dictionary<UInt128, SealedProduct> products = [];
    private readonly Dictionary<long, long> made = [];
    private (RequestId Id, long Sequence) takenBack;

    /// <summary>Whether the second book may differ from the first: until then nothing needs to be cut.</summary>
    public bool MayDiffer { get; set; }

    /// <summary>Notes what stands for an event of the journal in the second book.</summary>
    public void Note(long sequence, long here) => made[sequence] = here;

    /// <summary>What stands for an event of the journal in the second book; 0 when nothing does.</summary>
    public long HereOf(long sequence) => made.GetValueOrDefault(sequence);

    /// <summary>The command of a caller's event about an account; false when there is nothing in the second book that it could be about.</summary>
    /// <param name="e">Must have been learned from.</param>
    /// <param name="command">To be executed next.</param>
    public bool TryTake(in LedgerEvent e, out Command command)
    {
        command = Fields(e);
        if (e.Kind == CommandKind.Reverse) return TakesBack(e);
        if (command.Reference != 0)
        {
            if (!made.TryGetValue(e.Reference, out var here)) return false;
            // Captures post whatever became of the hold, but not of one that was never given here. What else is over by now the executor tells.
            if (e.Kind == CommandKind.Capture && state.FindItem(here) == 0 && !(decisions.TryRead(here, out var hold) && hold.IsApproval)) return false;
            command.Reference = here;
        }
        if (command.Control is not null)
        {
            command.Control = Whole(command.Control);
            if (command.Control is null) return false;
        }
        return !MayDiffer || Cut(e, ref command);
    }

    /// <summary>Keeps the loan products that an event brings: those after it name them only.</summary>
    public void LearnFrom(in LedgerEvent e)
    {
        if (LoanOffer.Of(e.Control) is { Product: { } product }) products[product.Hash] = product;
    }

    /// <inheritdoc/>
    public void Prefetch(ushort tenant, in RequestId id)
    {
    }

    /// <inheritdoc/>
    public bool TryFind(ushort tenant, in RequestId id, out long sequence, out uint fingerprint, out bool isTombstone)
    {
        (sequence, fingerprint, isTombstone) = (id == takenBack.Id ? takenBack.Sequence : 0, 0, false);
        return sequence != 0;
    }

    /// <inheritdoc/>
    public void Add(ushort tenant, in RequestId id, long sequence, uint fingerprint, bool isTombstone)
    {
    }

    private static Command Fields(in LedgerEvent e)
    {
        var takesAmount = e.Kind.IsRequest() || e.Kind is CommandKind.RepayEarly or CommandKind.ImportLoan
            || (e.Kind.IsFact() && e.Kind is not (CommandKind.ClearRepayment or CommandKind.ReverseRepayment or CommandKind.Adjust));
        var hasCategory = e.Kind is CommandKind.Authorize or CommandKind.Drawdown or CommandKind.Capture or CommandKind.ClearWithoutHold or CommandKind.Refund or CommandKind.Chargeback;
        var takesReference = e.Kind is CommandKind.IncreaseHold or CommandKind.Capture or CommandKind.ClearRepayment or CommandKind.ReverseRepayment or CommandKind.Void
            or CommandKind.ResolveReferral or CommandKind.RequestReview or CommandKind.WriteOff or CommandKind.Recover || e.Kind.IsLoanAct();
        var carries = e.Kind is CommandKind.Drawdown or CommandKind.ImportLoan || e.Kind.IsLoanAct();
        var command = new Command
        {
            Kind = e.Kind, Options = e.Options, Id = e.Id, Facility = e.Key, OccurredAtMicros = e.OccurredAtMicros, Attributes = e.Attributes, Original = e.Original,
            Amount = takesAmount ? e.AmountAsked : 0, AmountMin = e.AmountMin, Currency = takesAmount || e.Kind == CommandKind.Adjust ? e.Currency : default,
            Channel = hasCategory ? e.Channel : default, MerchantCategory = hasCategory ? e.MerchantCategory : (ushort)0, Scenario = e.Scenario,
            Reference = takesReference ? e.Reference : 0, Control = carries ? e.Control : null,
        };
        var takesLifetime = e.Kind.IsRequest() || (e.Kind == CommandKind.Repay && e.Options == CommandOptions.Uncleared);
        if (takesLifetime && e.ExpiresAtSeconds > e.RecordedAtMicros / 1_000_000)
            command.LifetimeSeconds = (int)Math.Min(Command.LifetimeSecondsMax, e.ExpiresAtSeconds - e.RecordedAtMicros / 1_000_000);
        if (e.Kind == CommandKind.Adjust) (command.FeesDelta, command.InterestDelta, command.Amount) = (e.Parts.Fees, e.Parts.Interest, e.Parts.Principal);
        return command;
    }

    /// <summary>A session's place is found by itself. An id that did nothing when it was taken back may have done something here, but nobody kept it: it is left out.</summary>
    private bool TakesBack(in LedgerEvent e)
    {
        takenBack = default;
        if (e.Original.IsSession || (e.Effects & EventEffects.Tombstone) != 0) return true;
        takenBack = (e.Original, HereOf(e.OriginalSequence));
        return takenBack.Sequence != 0;
    }

    private ControlCommand? Whole(ControlCommand control) => control switch
    {
        LoanOffer { Product: null } offer => products.TryGetValue(offer.ProductHash, out var product) ? offer with { Product = product } : null,
        LoanTakeover takeover => Whole(takeover.Offer) is LoanOffer offer ? takeover with { Offer = offer } : null,
        _ => control,
    };

    private bool Cut(in LedgerEvent e, ref Command command)
    {
        if (command.Kind is not (CommandKind.Repay or CommandKind.RepayEarly or CommandKind.WriteOff or CommandKind.Recover) || e.Outcome != OutcomeKind.Posted) return true;
        if (state.FindFacility(command.Facility) is not (var row and not 0)) return true;
        ref readonly var facility = ref state.Facilities.Read(row);
        var loan = command.Reference == 0 ? 0 : loans.Find(facility, command.Reference);
        if (loan == 0 && command.Reference != 0) return false;
        if (command.Kind == CommandKind.Repay) command.Amount -= PaidElsewhere(e);
        var most = command.Kind switch
        {
            CommandKind.Recover => facility.Balances.WrittenOff,
            CommandKind.RepayEarly => state.Loans.Read(loan).PrincipalNotDue,
            CommandKind.WriteOff when loan != 0 => loans.Owed(loan).Total,
            CommandKind.WriteOff => facility.Balances.Drawn - loans.Owed(facility).Total,
            _ => facility.Balances.Drawn,
        };
        command.Amount = WritesOffAll(e) ? most : Math.Min(command.Amount, most + ExcessOf(e));
        return command.Amount > 0;
    }

    /// <summary>What was paid then beyond what the balances said was owed, at most: it would have been here too.</summary>
    private static long ExcessOf(in LedgerEvent e) => e.Kind switch
    {
        // Interest for lateness is charged when it is paid.
        CommandKind.Repay when (e.Effects & EventEffects.Allocated) != 0 => e.Parts.Credit + (e.Loans ?? []).Sum(part => part.Paid.Penalty + part.Paid.Compound),
        CommandKind.Repay => Math.Max(0, e.AmountAsked - e.Balances.Drawn),
        CommandKind.Recover when e.Loans is [var part] => e.AmountAsked + part.WrittenOff,
        CommandKind.Recover when e.Balances.WrittenOff == 0 => Math.Min(e.AmountAsked, e.Balances.Credit),
        _ => 0,
    };

    /// <summary>What a repayment paid of loans that were never drawn here, or are over.</summary>
    private long PaidElsewhere(in LedgerEvent e)
    {
        var sum = 0L;
        foreach (var part in e.Loans ?? [])
            if (part.Deed == LoanDeed.Paid && LoanOf(e.Key, HereOf(part.Loan)) == 0) sum += part.Paid.Total;
        return sum;
    }

    /// <summary>Whether the whole of a loan was given up, whatever that was.</summary>
    private static bool WritesOffAll(in LedgerEvent e) => e is { Kind: CommandKind.WriteOff, Loans: [{ Deed: LoanDeed.WrittenOff, PrincipalAfter: 0, RemainingAfter: 0 }] };

    private int LoanOf(NodeKey facility, long loan) => loan != 0 && state.FindFacility(facility) is var row and not 0 ? loans.Find(state.Facilities.Read(row), loan) : 0;
}
