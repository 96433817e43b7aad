using System.Globalization;
using CreditGrains.Cli.Cashflows;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Pools;
using CreditGrains.Dashboard.Pools;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Pools;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Pools;

namespace CreditGrains.Cli.Serving;

/// <summary>Pools that the dashboard has from the command line: deal files, and with --demo a pool of generated loans with two years behind it.</summary>
internal static class PoolsOfStart
{
    private const int DemoLoans = 20_000;
    private const int DemoMonths = 24;

    /// <exception cref="CommandFault">A file cannot be read, or is no deal.</exception>
    public static async Task<IPoolDesk> OpenAsync(IReadOnlyList<string> deals, bool demo, CancellationToken cancellationToken)
    {
        var sights = new List<PoolSight>();
        if (demo) sights.Add(await Task.Run(Demo, cancellationToken));
        foreach (var path in deals)
        {
            var deal = await CashflowInputs.ReadAsync(path, DealFile.Parse, cancellationToken);
            sights.Add(new PoolSight(string.Create(CultureInfo.InvariantCulture, $"deal-{sights.Count + 1}"), deal.Name, deal.Currency, null, deal.Lines, deal, 1));
        }

        return sights.Count == 0 ? FixedPools.None : new FixedPools(sights);
    }

    /// <summary>The deals of live pools: those of files, and of the demo's pools one that fits them.</summary>
    /// <exception cref="CommandFault">Not POOL=FILE, or a file cannot be read, or is no deal.</exception>
    public static async Task<Func<PoolState, DealTerms?>> LiveDealsAsync(IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var deals = new Dictionary<NodeKey, DealTerms>();
        foreach (var option in options)
        {
            var at = option.IndexOf('=', StringComparison.Ordinal);
            if (at < 0) throw CommandFault.Usage("BadPoolDeal", $"--pool-deal '{option}' is not POOL=FILE; write Pool/1/1/7=deal.json, for one");
            var key = KeyText.Node(option[..at]);
            if (key.Kind != NodeKind.Pool) throw CommandFault.Usage("BadPoolDeal", $"--pool-deal: '{option[..at]}' is no pool; write Pool/TENANT/ENTITY/ID");
            deals[key] = await CashflowInputs.ReadAsync(option[(at + 1)..], DealFile.Parse, cancellationToken);
        }

        return state => deals.TryGetValue(state.Key, out var deal) ? deal : DemoPool.IsOne(state) ? DemoDeal(state.Ledger) : null;
    }

    private static PoolSight Demo()
    {
        var simulation = new PoolSimulation(new SimulationOptions(DemoLoans, Months: 0, History: DemoMonths, Seed: 42, ByRates: true, Terms: null));
        foreach (var _ in simulation.Run()) throw new InvalidOperationException("No month is forecast here.");
        var lines = simulation.Lines();
        var pool = simulation.Pool;
        var deal = DemoDeal(pool) with { Lines = lines, Actuals = [.. pool.History.Where(month => month.Opening > 0).Select(LiveCollateral.MonthOf)], OriginalPool = pool.PurchasedTotal };
        return new PoolSight("demo", "generated", pool.Terms.Currency, pool, lines, deal, 1);
    }

    /// <summary>Two senior notes, one mezzanine, equity; a reserve; accelerated when too much has defaulted.</summary>
    private static DealTerms DemoDeal(PoolLedger pool)
    {
        string Part(int percent) => (pool.PurchasedTotal / 100 * percent).ToString(CultureInfo.InvariantCulture);
        var equity = (pool.PurchasedTotal - pool.PurchasedTotal / 100 * 92).ToString(CultureInfo.InvariantCulture);
        var json = $$"""
            {
              "name": "Generated 2026-1",
              "collateral": { "currency": "{{pool.Terms.Currency.Code}}", "amounts": "minor", "cutOff": "{{pool.Terms.CutOff:yyyy-MM-dd}}", "lines": [{ "balance": {{pool.PurchasedTotal}}, "rate": 0.09, "remainingMonths": 36 }] },
              "fees": [{ "name": "servicer", "on": "poolBalance", "rate": 0.005 }],
              "reserves": [{ "name": "cash", "balance": {{Part(1)}}, "ofPool": 0.01 }],
              "tranches": [
                { "name": "A1", "balance": {{Part(55)}}, "coupon": 0.026 },
                { "name": "A2", "balance": {{Part(27)}}, "coupon": 0.031 },
                { "name": "B", "balance": {{Part(10)}}, "coupon": 0.042 },
                { "name": "Sub", "kind": "equity", "balance": {{equity}} }
              ],
              "losses": "ledger",
              "triggers": [{ "name": "cumulative", "kind": "cumulativeDefault", "level": 0.12, "effect": "accelerated" }],
              "waterfalls": {
                "amortising": [
                  { "do": "release", "from": "cash", "to": "income" },
                  { "do": "payFees", "fees": ["servicer"], "from": ["income", "principal", "cash"] },
                  { "do": "payInterest", "to": ["A1", "A2"], "from": ["income", "principal", "cash"] },
                  { "do": "payInterest", "to": ["B"], "from": ["income", "principal"] },
                  { "do": "restore", "to": ["A1", "A2", "B", "Sub"], "from": "income" },
                  { "do": "fill", "to": "cash", "from": "income" },
                  { "do": "payPrincipal", "to": ["A1", "A2", "B"], "order": "sequential", "from": "principal" },
                  { "do": "payResidual", "to": "Sub", "from": ["income"] },
                  { "do": "payPrincipal", "to": ["Sub"], "from": "principal" },
                  { "do": "payResidual", "to": "Sub", "from": ["principal"] }
                ],
                "accelerated": [
                  { "do": "move", "from": "cash", "to": "principal" },
                  { "do": "payFees", "fees": ["servicer"], "from": ["income", "principal"] },
                  { "do": "payInterest", "to": ["A1", "A2"], "from": ["income", "principal"] },
                  { "do": "payPrincipal", "to": ["A1", "A2"], "order": "proRata", "from": ["principal", "income"] },
                  { "do": "payInterest", "to": ["B"], "from": ["income", "principal"] },
                  { "do": "payPrincipal", "to": ["B"], "from": ["principal", "income"] },
                  { "do": "payResidual", "to": "Sub", "from": ["principal", "income"] }
                ]
              }
            }
            """;
        return DealFile.Parse(System.Text.Encoding.UTF8.GetBytes(json));
    }
}
