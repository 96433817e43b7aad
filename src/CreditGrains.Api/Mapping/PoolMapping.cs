using System.Text;
using CreditGrains.Domain.Delinquency;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Api.Mapping;

/// <summary>Pools to their messages.</summary>
internal static class PoolMapping
{
    private static readonly PoolDimension[] Shown = [PoolDimension.Bucket, PoolDimension.TermBand, PoolDimension.RateBand, PoolDimension.Industry, PoolDimension.Region, PoolDimension.Vintage];
    private static readonly string[] WaysOut = ["in default", "paid off", "matured", "transferred"];

    public static V1.PoolView Write(PoolState state, bool withTerms)
    {
        var pool = state.Ledger;
        var view = new V1.PoolView
        {
            Pool = Keys.ToNode(state.Key),
            Name = pool.Terms.Name,
            Currency = Keys.ToCode(pool.Terms.Currency),
            TermsSha256 = state.TermsHash,
            CutOff = PoolCommandMapping.Text(pool.Terms.CutOff),
            Balance = pool.Balance,
            Loans = pool.Loans,
            DefaultedStock = pool.DefaultedStock,
            PurchasedTotal = pool.PurchasedTotal,
            DefaultedTotal = pool.DefaultedTotal,
            RecoveredTotal = pool.RecoveredTotal,
            ClosedMonths = pool.History.Count,
            OpenMonth = Write(pool.Open, null),
            Groups = { Shown.SelectMany(dimension => GroupsOf(pool, dimension)) },
            Triggers = { pool.Triggers().Select(Write) },
            AsOfDecisionId = state.Sequence,
            AsOfMicros = state.AsOfMicros,
            TermsJson = withTerms ? Encoding.UTF8.GetString(state.Terms.Span) : "",
        };
        if (pool.PurchasedTotal > 0) view.CumulativeDefault = (double)pool.DefaultedTotal / pool.PurchasedTotal;
        return view;
    }

    public static V1.PoolMonth Write(PoolFlows m, double? cumulativeDefault)
    {
        var month = new V1.PoolMonth
        {
            Month = LiveCollateral.MonthText(m.Period), Opening = m.Opening, Purchased = m.Purchased, PurchasedAtCutOff = m.PurchasedAtCutOff, PurchasedRevolving = m.PurchasedRevolving,
            SubstitutedIn = m.SubstitutedIn, Drawn = m.Drawn, Capitalised = m.Capitalised, Scheduled = m.Scheduled, Bounced = m.Bounced, Prepaid = m.Prepaid, Defaulted = m.Defaulted,
            Repurchased = m.Repurchased, RepurchasedBySeller = m.RepurchasedBySeller, SubstitutedOut = m.SubstitutedOut, Sold = m.Sold, CleanedUp = m.CleanedUp, Interest = m.Interest,
            Recovered = m.Recovered, WrittenOff = m.WrittenOff, Closing = m.Closing, Delinquent = m.Delinquent, Loans = m.Loans, LoansPurchased = m.LoansPurchased, LoansDefaulted = m.LoansDefaulted,
            LoansPrepaid = m.LoansPrepaid, LoansMatured = m.LoansMatured, LoansRepurchased = m.LoansRepurchased,
        };
        if (m.Smm is { } smm) (month.Smm, month.Cpr) = (smm.Ratio, smm.ToCpr().Ratio);
        if (m.Mdr is { } mdr) (month.Mdr, month.Cdr) = (mdr.Ratio, mdr.ToCdr().Ratio);
        if (cumulativeDefault is { } cumulative) month.CumulativeDefault = cumulative;
        return month;
    }

    public static V1.GetRollMatrixReply Write(PoolLedger pool, int months, bool byNumber)
    {
        var buckets = pool.Terms.Buckets.Count;
        var seen = pool.RollHistory.TakeLast(months).ToArray();
        var rates = pool.RollRates(months, !byNumber);
        var reply = new V1.GetRollMatrixReply { Months = seen.Length };
        string[] names = [.. Enumerable.Range(0, buckets).Select(BucketEdges.NameOf)];
        reply.Columns.AddRange([.. names, .. WaysOut]);
        reply.RateColumns.AddRange([.. names, .. WaysOut.Take(2)]);
        for (var from = 0; from < buckets; from++)
        {
            var row = new V1.RollRow { From = names[from] };
            for (var to = 0; to < buckets + WaysOut.Length; to++)
            {
                row.Loans.Add(seen.Sum(month => month.Count(from, to)));
                row.Balances.Add(seen.Sum(month => month.Balance(from, to)));
            }

            for (var to = 0; to < buckets + 2; to++) row.Rates.Add(rates[from, to]);
            reply.Rows.Add(row);
        }

        return reply;
    }

    public static V1.GetVintagesReply WriteVintages(PoolLedger pool) => new()
    {
        Vintages =
        {
            pool.Vintages.Select((vintage, place) => (vintage, place)).OrderBy(pair => pair.vintage.Period).Select(pair => new V1.PoolVintage
            {
                Month = LiveCollateral.MonthText(pair.vintage.Period), Loans = pair.vintage.Loans, Purchased = pair.vintage.Purchased, Balance = pool.By(PoolDimension.Vintage).Balance(pair.place),
                Defaulted = { Enumerable.Range(0, pair.vintage.Ages).Select(pair.vintage.Defaulted) },
                Prepaid = { Enumerable.Range(0, pair.vintage.Ages).Select(pair.vintage.Prepaid) },
                Balances = { Enumerable.Range(0, pair.vintage.Ages).Select(pair.vintage.Balance) },
            }),
        },
    };

    private static IEnumerable<V1.PoolGroup> GroupsOf(PoolLedger pool, PoolDimension dimension) => Enumerable.Range(0, pool.GroupsOf(dimension))
        .Where(place => pool.By(dimension).Count(place) > 0)
        .Select(place => new V1.PoolGroup
        {
            By = Camel(dimension.ToString()), Group = NameOf(pool.Terms, dimension, pool.CodeOf(dimension, place)), Code = pool.CodeOf(dimension, place),
            Loans = pool.By(dimension).Count(place), Balance = pool.By(dimension).Balance(place),
        })
        .OrderBy(group => group.Code);

    private static V1.PoolTriggerState Write(TriggerDistance at)
    {
        var state = new V1.PoolTriggerState { Name = at.Trigger.Name, Measure = Camel(at.Trigger.Measure.ToString()), Level = at.Trigger.Level, Breached = at.IsBreached };
        if (at.Value is { } value) state.Value = value;
        if (at.Distance is { } distance) state.Distance = distance;
        if (at.Headroom is { } headroom) state.Headroom = headroom;
        return state;
    }

    private static string NameOf(PoolTerms terms, PoolDimension dimension, long code) => dimension switch
    {
        PoolDimension.Bucket => BucketEdges.NameOf((int)code),
        PoolDimension.TermBand => code < terms.TermBands.Length ? FormattableString.Invariant($"to {terms.TermBands[(int)code]} months") : "longer",
        PoolDimension.RateBand => code < terms.RateBands.Length ? FormattableString.Invariant($"to {terms.RateBands[(int)code] / 10_000.0:0.####} %") : "above",
        PoolDimension.Vintage => LiveCollateral.MonthText((int)code),
        _ => FormattableString.Invariant($"{code}"),
    };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
