namespace CreditGrains.Cli.Uci;

/// <summary>
/// One card account of UCI data set 350, in chronological order, in the file's whole New Taiwan dollars. Months count from
/// April (0) to September 2005 (5). Age, sex, education and marriage (X2–X5) are never read.
/// </summary>
/// <param name="Id">Column ID.</param>
/// <param name="Limit">X1.</param>
/// <param name="Bills">X17 … X12: the bills of April to September. Negative: the bank owes the customer.</param>
/// <param name="Payments">X23 … X18: what was paid in April to September.</param>
internal sealed record UciAccount(long Id, long Limit, long[] Bills, long[] Payments)
{
    /// <summary>X11 … X6: the repayment status of April to September, months late from 1, −1 paid in full, −2 unused, 0 revolving; empty when the file has none.</summary>
    public long[] Statuses { get; init; } = [];

    /// <summary>Y: whether it did not pay in October; null when the file does not say.</summary>
    public bool? IsBad { get; init; }

    /// <summary>Bills in the file.</summary>
    public const int BillCount = 6;

    /// <summary>Movements between them.</summary>
    public const int MovementCount = BillCount - 1;

    /// <summary>
    /// The movement from bill <paramref name="index"/> to the next: the payment made in between, which is that of the later month,
    /// and what was drawn. April's own payment (X23) belongs to the movement before the first bill and is not used.
    /// </summary>
    /// <param name="index">0 (April to May, X17 to X16) to 4 (August to September, X13 to X12).</param>
    public UciMovement Movement(int index)
    {
        var payment = Payments[index + 1];
        return new UciMovement(payment, Bills[index + 1] - Bills[index] + payment);
    }

    /// <summary>Whether some bill is above the limit.</summary>
    public bool BillsAboveLimit => Array.Exists(Bills, bill => bill > Limit);
}

/// <summary>What happened between two bills.</summary>
/// <param name="Payment">0 or more.</param>
/// <param name="Drawdown">Bill − previous bill + payment; below 0 it is a refund of that amount.</param>
internal readonly record struct UciMovement(long Payment, long Drawdown);
