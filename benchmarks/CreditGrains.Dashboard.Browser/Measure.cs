using System.Diagnostics;
using System.Globalization;
using CreditGrains.Api.Metering;
using CreditGrains.Api.Security.Access;
using CreditGrains.Dashboard.Live;
using CreditGrains.Domain.Commands;
using CreditGrains.Domain.Decisions;
using CreditGrains.Engine;
using CreditGrains.Server;

namespace CreditGrains.Dashboard.Browser;

/// <summary>How long until pages are interactive on a large book, until a slider's new chart is drawn, and what watching costs the decisions. Server and browser share this machine.</summary>
internal static class Measure
{
    private const int Visits = 5;
    private const int Positions = 12;
    private const int CommandsAtOnce = 1_000;
    private static readonly TimeSpan CostFor = TimeSpan.FromSeconds(3);
    private static readonly string[] Paths = ["", "account/1/77", "group", "group/product/1/1", "pool", "pool/" + MeasuredLivePool.Id, "risk", "alerts", "approvals"];

    public static async Task RunAsync(int accounts, string dealPath)
    {
        var directory = Directory.CreateTempSubdirectory("creditgrains-measure-").FullName;
        try
        {
            var people = await MeasuredPeople.OfAsync(directory, accounts);
            await using var server = await CreditGrainsServer.StartAsync(new ServerOptions
            {
                DataDirectory = Path.Combine(directory, "data"), Security = people.Security, AlertRules = people.AlertRules, GrpcPort = 0, HttpPort = 0, Dashboard = new DashboardOptions { Pools = MeasuredPool.Of(await File.ReadAllBytesAsync(dealPath)) },
            });
            var filling = Stopwatch.StartNew();
            await MeasuredBook.FillAsync(server.Engine, accounts);
            await MeasuredLivePool.FillAsync(server.Engine);
            var status = await server.Engine.GetStatusAsync();
            Say($"{status.FacilityCount:N0} accounts, {status.NodeCount:N0} limit nodes, filled in {filling.Elapsed.TotalSeconds:F0} s; {Environment.ProcessorCount} processors");
            await people.ProposeAsync(server.HttpAddress);
            await using var chromium = await Chromium.StartAsync();
            await people.SignInAsync(chromium, server.HttpAddress, accounts);
            await PagesAsync(people, chromium, server.HttpAddress);
            await SlidersAsync(people, chromium, server.HttpAddress, "pool");
            await SlidersAsync(people, chromium, server.HttpAddress, "pool/" + MeasuredLivePool.Id);
            await CostAsync(server.Engine);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task PagesAsync(MeasuredPeople people, Chromium chromium, Uri site)
    {
        foreach (var path in Paths)
        {
            var (times, drawn) = (new List<double>(), new List<double>());
            for (var visit = 0; visit < Visits; visit++)
            {
                // A profile of its own: nothing is in its cache.
                var page = await people.OpenAsync(chromium);
                await page.VisitAsync(site, path);
                times.Add(double.Parse((await page.GetAttributeAsync("html", "data-interactive"))!, CultureInfo.InvariantCulture));
                await page.ChartsAsync();
                drawn.Add(await page.EvaluateAsync<double>("performance.now()"));
                await page.Context.CloseAsync();
            }
            Say($"/{path}: interactive after {Median(times):F0} ms, longest {times.Max():F0} ms (empty cache, {Visits} visits; asked 1,500 ms); its charts are drawn after {Median(drawn):F0} ms");
        }
    }

    private static async Task SlidersAsync(MeasuredPeople people, Chromium chromium, Uri site, string path)
    {
        var page = await people.OpenAsync(chromium);
        await page.VisitAsync(site, path);
        await page.WaitForSelectorAsync("#projection");
        await page.ChartsAsync();
        var times = new List<double>();
        for (var position = 1; position <= Positions; position++)
            times.Add(await page.EvaluateAsync<double>(
                """
                async value => {
                  const slider = document.querySelector('#cpr');
                  const chart = document.querySelector('#projection .chart');
                  const drawn = chart.dataset.drawn;
                  const start = performance.now();
                  slider.value = String(value);
                  slider.dispatchEvent(new Event('input', { bubbles: true }));
                  while (chart.dataset.drawn === drawn || document.querySelector('#projection').dataset.cpr !== String(value)) await new Promise(requestAnimationFrame);
                  return performance.now() - start;
                }
                """, position / 25.0));
        Say($"/{path}: slider to new chart: {Median(times):F0} ms, longest {times.Max():F0} ms ({Positions} positions; asked 1,000 ms)");
        await page.Context.CloseAsync();
    }

    /// <summary>Decisions a second in process by one caller of batches, in turns with nobody looking, with the board read once a second, and with answers counted.</summary>
    private static async Task CostAsync(ICreditEngine engine)
    {
        var meter = new DecisionMeter();
        await using var board = new BoardOfMeasure(engine, meter);
        var (alone, watched, metered) = (new List<double>(), new List<double>(), new List<double>());
        // Closed with the engine, which is the server's.
        var counted = new MeteredEngine(engine, meter);
        for (var turn = 0; turn < 3; turn++)
        {
            alone.Add(await DecideAsync(engine));
            using (board.Board.Watch()) watched.Add(await DecideAsync(engine));
            metered.Add(await DecideAsync(counted));
        }
        Say($"decisions a second: {Median(alone):N0} with nobody looking, {Median(watched):N0} while watched ({100 * (1 - Median(watched) / Median(alone)):F1} % less; batches of {CommandsAtOnce:N0}, one caller)");
        Say($"decisions a second with answers counted: {Median(metered):N0} ({100 * (1 - Median(metered) / Median(alone)):F1} % less)");
    }

    private static async Task<double> DecideAsync(ICreditEngine engine)
    {
        var commands = new Command[CommandsAtOnce];
        var outcomes = new Outcome[CommandsAtOnce];
        long done = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < CostFor)
        {
            for (var i = 0; i < commands.Length; i++) commands[i] = MeasuredBook.Authorize(1 + (done + i) * 7919 % 100_000);
            await engine.ExecuteAsync(commands, outcomes);
            done += commands.Length;
        }
        return done / watch.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> numbers)
    {
        numbers.Sort();
        return numbers[numbers.Count / 2];
    }

    private static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    /// <summary>A board of its own on the engine.</summary>
    private sealed class BoardOfMeasure : IAsyncDisposable
    {
        public BoardOfMeasure(ICreditEngine engine, DecisionMeter meter)
        {
            Board = new LiveBoard(engine, meter, new DashboardOptions(), Principal.Local);
            _ = Board.StartAsync(CancellationToken.None);
        }

        public LiveBoard Board { get; }

        public async ValueTask DisposeAsync()
        {
            await Board.StopAsync(CancellationToken.None);
            Board.Dispose();
        }
    }
}
