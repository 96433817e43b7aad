using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Output;
using CreditGrains.Securitisation.Deals;
using CreditGrains.Securitisation.Measures;

namespace CreditGrains.Cli.Deals;

/// <summary>creditgrains deal montecarlo: simulated losses of pool and tranches, by a Gaussian copula or by a bootstrap of vintages.</summary>
internal static class DealMonteCarloCommand
{
    private const int TrialsUsual = 10_000;
    private const double CorrelationUsual = 0.15;
    private const int BlockUsual = 6;

    public static Command Create(Shell shell)
    {
        var inputs = new DealInputs();
        var trials = new Option<int>("--trials") { Description = "Trials; each is a run of the deal", DefaultValueFactory = _ => TrialsUsual };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same trials on any machine", DefaultValueFactory = _ => 1 };
        var correlation = new Option<double>("--correlation") { Description = "Asset correlation of the copula, 0 up to below 1", DefaultValueFactory = _ => CorrelationUsual };
        var probability = new Option<double?>("--probability") { Description = "Default probability of a loan over its life; without it what the deal's own scenario defaults of the loans as they stand" };
        var obligors = new Option<int>("--obligors") { Description = "Equal loans of the pool; 0 is the large pool", DefaultValueFactory = _ => 0 };
        var vintages = new Option<string?>("--vintages") { Description = "Bootstrap of vintages instead of the copula: CSV with vintage, month and rate, or opening and defaulted", HelpName = "FILE" };
        var months = new Option<int?>("--months") { Description = "Length of a path; without it the longest vintage" };
        var block = new Option<int>("--block") { Description = "Months of a run of the bootstrap", DefaultValueFactory = _ => BlockUsual };
        var command = new Command("montecarlo", "Loss distribution of pool and tranches, with standard errors, percentiles and the large-pool check") { trials, seed, correlation, probability, obligors, vintages, months, block };
        inputs.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var format = inputs.FormatOf(parse);
            var deal = await inputs.ReadOneAsync(parse, shell, cancellationToken);
            var start = Stopwatch.GetTimestamp();
            if (parse.GetValue(vintages) is { } path)
            {
                var rates = VintageFile.Read(path);
                var length = parse.GetValue(months) ?? rates.Max(vintage => vintage.Length);
                var bootstrap = DealMonteCarlo.Bootstrap(deal, rates, length, parse.GetValue(block), parse.GetValue(trials), parse.GetValue(seed));
                MonteCarloView.Print(shell, deal, bootstrap, null, format);
                Note(shell, deal, bootstrap, $"{rates.Count} vintages, paths of {length} months in blocks of {parse.GetValue(block)}", start);
                return (int)ExitCode.Ok;
            }

            var chance = parse.GetValue(probability) ?? LossSearch.ProbabilityOf(deal);
            var terms = new CopulaTerms(chance, parse.GetValue(correlation), parse.GetValue(obligors), LossSearch.TimingOf(deal));
            var losses = DealMonteCarlo.Copula(deal, terms, parse.GetValue(trials), parse.GetValue(seed));
            MonteCarloView.Print(shell, deal, losses, terms, format);
            Note(shell, deal, losses, string.Create(CultureInfo.InvariantCulture, $"default probability {MeasuresView.Percent(chance)}, correlation {terms.Correlation}, {(terms.Obligors == 0 ? "large pool" : $"{terms.Obligors} equal loans")}"), start);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static void Note(Shell shell, DealTerms deal, DealLosses losses, string how, long start)
    {
        var tranches = losses.Tranches.Where((_, i) => deal.Tranches[i].Balance > 0).Select(pair => $"{pair.Tranche} {MeasuresView.Percent(pair.Loss.Mean)} ± {MeasuresView.Percent(pair.Loss.StandardError)}");
        shell.Note($"{deal.Name}: {losses.DefaultRate.Trials:N0} trials, {how}: pool loss {MeasuresView.Percent(losses.PoolLoss.Mean)} ± {MeasuresView.Percent(losses.PoolLoss.StandardError)}; expected losses {string.Join(", ", tranches)}; {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
    }
}
