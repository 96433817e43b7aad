using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Facilities;
using CreditGrains.Domain.Money;
using CreditGrains.Engine.Events;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Engine.Scoring;

/// <summary>What the engine knows of one request and its facility before it, as numbers for models (binary floating point) and values for policies (decimal).</summary>
internal readonly ref struct RequestFacts
{
    private const long HourMicros = 3_600_000_000;
    private static readonly byte[] DigitsOf = [.. Enumerable.Range(0, 1_000).Select(code => (byte)new Currency((ushort)code).MinorUnitDigits)];
    private static readonly double[] UnitOf = [1, 10, 100, 1_000, 10_000];
    private static readonly FeelValue[] ChannelNames = [.. Enum.GetValues<Channel>().Select(channel => FeelValue.Of(char.ToLowerInvariant(channel.ToString()[0]) + channel.ToString()[1..]))];
    private static readonly FeelValue Authorize = FeelValue.Of("authorize"), Drawdown = FeelValue.Of("drawdown");
    private static readonly string[] Codes = [.. Enumerable.Range(0, 1_000).Select(code => new Currency((ushort)code).Code)];
    private readonly ref readonly FacilityBalances balances;
    private readonly ref readonly LedgerEvent e;
    private readonly Currency currency;
    private readonly double unit;
    private readonly byte digits;

    /// <param name="balances">The facility's balances before the request.</param>
    /// <param name="e">The request, with what was known beside the balances.</param>
    /// <param name="currency">The facility's.</param>
    public RequestFacts(in FacilityBalances balances, in LedgerEvent e, Currency currency)
    {
        this.balances = ref balances;
        this.e = ref e;
        this.currency = currency;
        digits = DigitsOf[currency.Numeric];
        unit = UnitOf[digits];
    }

    /// <summary>The balances before a request, from its event: what it did is taken back.</summary>
    public static FacilityBalances Before(in LedgerEvent e)
    {
        if (!e.IsApproval) return e.Balances;
        if (e.Kind != CommandKind.Drawdown) return e.Balances with { Held = e.Balances.Held - e.Amount };
        var fromCredit = Math.Min(e.Seen.Credit, e.Amount);
        return e.Balances with { Credit = e.Seen.Credit, Principal = e.Balances.Principal - (e.Amount - fromCredit) };
    }

    /// <summary>Decimal digits of the facility's minor unit.</summary>
    public int Digits => digits;

    /// <summary>An input as a number; NaN when it has none.</summary>
    public double Number(StateInput input) => input switch
    {
        StateInput.Amount => e.Seen.Amount / unit,
        StateInput.AmountMin => e.AmountMin / unit,
        StateInput.Limit => e.Seen.Limit / unit,
        StateInput.Exposure => e.Seen.Exposure / unit,
        StateInput.Headroom => (e.Seen.Limit - e.Seen.Exposure) / unit,
        StateInput.Utilisation => e.Seen.Limit == 0 ? double.NaN : (double)e.Seen.Exposure / e.Seen.Limit,
        StateInput.UtilisationAfter => e.Seen.Limit == 0 ? double.NaN : (double)(e.Seen.Exposure + e.Seen.Amount) / e.Seen.Limit,
        StateInput.Principal => balances.Principal / unit,
        StateInput.Interest => balances.Interest / unit,
        StateInput.Fees => balances.Fees / unit,
        StateInput.Held => balances.Held / unit,
        StateInput.Credit => balances.Credit / unit,
        StateInput.Uncleared => balances.Uncleared / unit,
        StateInput.WrittenOff => balances.WrittenOff / unit,
        StateInput.OpenItems => e.Seen.OpenItems,
        StateInput.Channel => (int)e.Channel,
        StateInput.MerchantCategory => e.MerchantCategory == 0 ? double.NaN : e.MerchantCategory,
        StateInput.Scenario => e.Scenario,
        StateInput.Hour => Hour,
        StateInput.Weekday => Weekday,
        _ => double.NaN,
    };

    /// <summary>An input as a policy sees it; null when it has none.</summary>
    public FeelValue Value(StateInput input) => input switch
    {
        StateInput.Amount => Money(e.Seen.Amount),
        StateInput.AmountMin => Money(e.AmountMin),
        StateInput.Limit => Money(e.Seen.Limit),
        StateInput.Exposure => Money(e.Seen.Exposure),
        StateInput.Headroom => Money(e.Seen.Limit - e.Seen.Exposure),
        StateInput.Utilisation => e.Seen.Limit == 0 ? FeelValue.Null : FeelValue.Of((decimal)e.Seen.Exposure / e.Seen.Limit),
        StateInput.UtilisationAfter => e.Seen.Limit == 0 ? FeelValue.Null : FeelValue.Of((decimal)(e.Seen.Exposure + e.Seen.Amount) / e.Seen.Limit),
        StateInput.Principal => Money(balances.Principal),
        StateInput.Interest => Money(balances.Interest),
        StateInput.Fees => Money(balances.Fees),
        StateInput.Held => Money(balances.Held),
        StateInput.Credit => Money(balances.Credit),
        StateInput.Uncleared => Money(balances.Uncleared),
        StateInput.WrittenOff => Money(balances.WrittenOff),
        StateInput.OpenItems => FeelValue.Of(e.Seen.OpenItems),
        StateInput.Channel => ChannelNames[(int)e.Channel],
        StateInput.MerchantCategory => e.MerchantCategory == 0 ? FeelValue.Null : FeelValue.Of(e.MerchantCategory),
        StateInput.Scenario => FeelValue.Of(e.Scenario),
        StateInput.Hour => FeelValue.Of(Hour),
        StateInput.Weekday => FeelValue.Of(Weekday),
        StateInput.Currency => FeelValue.Of(Codes[currency.Numeric]),
        StateInput.Request => e.Kind == CommandKind.Drawdown ? Drawdown : Authorize,
        _ => FeelValue.Null,
    };

    private long OccurredAtMicros => e.OccurredAtMicros != 0 ? e.OccurredAtMicros : e.RecordedAtMicros;

    /// <summary>Hour of the caller's time, UTC, 0 to 23.</summary>
    private int Hour => (int)(OccurredAtMicros / HourMicros % 24);

    /// <summary>Day of the week, 1 (Monday) to 7. 1970-01-01 was a Thursday.</summary>
    private int Weekday => (int)((OccurredAtMicros / (24 * HourMicros) + 3) % 7) + 1;

    private FeelValue Money(long minor)
    {
        var magnitude = unchecked((ulong)(minor < 0 ? -minor : minor));
        return FeelValue.Of(new decimal(unchecked((int)magnitude), unchecked((int)(magnitude >> 32)), 0, minor < 0, digits));
    }
}
