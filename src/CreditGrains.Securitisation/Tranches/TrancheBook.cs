namespace CreditGrains.Securitisation.Tranches;

/// <summary>A tranche while a deal runs. Invariant: the balance is never negative, and the ledger is never above it.</summary>
internal sealed class TrancheBook(TrancheTerms terms)
{
    public TrancheTerms Terms { get; } = terms;

    public string Name => Terms.Name;

    public long Balance { get; private set; } = terms.Balance;

    public long Opening { get; private set; } = terms.Balance;

    /// <summary>Interest of this period and before that is not paid yet.</summary>
    public long InterestOwed { get; private set; } = terms.InterestUnpaid;

    public long InterestDue { get; private set; }

    public long InterestPaid { get; private set; }

    public long PrincipalPaid { get; private set; }

    public long ResidualPaid { get; private set; }

    public long Accreted { get; private set; }

    public long WrittenDown { get; private set; }

    /// <summary>Principal deficiency: losses and borrowed principal not yet made good.</summary>
    public long Deficiency { get; private set; } = terms.Deficiency;

    /// <summary>What interest of the period is counted on.</summary>
    public long Notional { get; private set; }

    public double RateAnnual { get; private set; }

    public void Begin(long notional, long interest, double rate)
    {
        Opening = Balance;
        Notional = notional;
        InterestDue = interest;
        InterestOwed += interest;
        RateAnnual = rate;
        InterestPaid = PrincipalPaid = ResidualPaid = Accreted = WrittenDown = 0;
    }

    public void PayInterest(long amount)
    {
        InterestPaid += amount;
        InterestOwed -= amount;
    }

    public void PayPrincipal(long amount)
    {
        PrincipalPaid += amount;
        Balance -= amount;
        Deficiency = Math.Min(Deficiency, Balance);
    }

    public void PayResidual(long amount) => ResidualPaid += amount;

    /// <summary>Adds all interest owed to the balance.</summary>
    public void Accrete()
    {
        Accreted += InterestOwed;
        Balance += InterestOwed;
        InterestOwed = 0;
    }

    /// <summary>Takes a loss off the balance.</summary>
    /// <returns>What the balance could not bear.</returns>
    public long WriteDown(long loss)
    {
        var borne = Math.Min(loss, Balance);
        Balance -= borne;
        WrittenDown += borne;
        Deficiency = Math.Min(Deficiency, Balance);
        return loss - borne;
    }

    /// <summary>Books a loss on the ledger.</summary>
    /// <returns>What did not fit below the balance.</returns>
    public long Book(long loss)
    {
        var booked = Math.Min(loss, Balance - Deficiency);
        Deficiency += booked;
        return loss - booked;
    }

    public void MakeGood(long amount) => Deficiency -= amount;
}
