using CreditGrains.Cli.Connection;
using CreditGrains.Domain.Commands;

namespace CreditGrains.Cli.Reconciliation;

/// <summary>A facility that ledger and engine do not see alike; amounts are ledger less engine, minor units.</summary>
/// <param name="Ledger">What the ledger has.</param>
/// <param name="Engine">What the engine has.</param>
/// <param name="Principal">Of principal less credit.</param>
/// <param name="Interest">Of interest.</param>
/// <param name="Fees">Of fees.</param>
internal sealed record Difference(LedgerRow Ledger, FacilityState Engine, long Principal, long Interest, long Fees)
{
    /// <summary>Whether the currencies differ; no correction mends that.</summary>
    public bool IsCurrency => Ledger.Currency != Engine.Currency;

    /// <summary>The difference of a ledger row and the engine's state; null when there is none.</summary>
    public static Difference? Of(LedgerRow ledger, in FacilityState engine)
    {
        var held = engine.Balances;
        var found = new Difference(
            ledger, engine, ledger.Principal - (held.Principal - held.Credit), ledger.Interest - held.Interest, ledger.Fees - held.Fees);
        return found is { IsCurrency: false, Principal: 0, Interest: 0, Fees: 0 } ? null : found;
    }

    /// <summary>The command that brings the engine to the ledger.</summary>
    public Command ToAdjust() => new()
    {
        Kind = CommandKind.Adjust,
        Facility = Ledger.Facility,
        Currency = Ledger.Currency,
        Amount = Principal,
        InterestDelta = Interest,
        FeesDelta = Fees,
    };
}
