using System.Globalization;
using CreditGrains.Cli.CommandLine;
using CreditGrains.Cli.Connection;
using CreditGrains.Cli.Output;
using CreditGrains.Domain.Decisions;
using CreditGrains.Domain.Limits;
using CreditGrains.Engine.Queries;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Standalone;
using CreditGrains.Risk.Training;

namespace CreditGrains.Cli.Uci;

/// <summary>
/// The replay, scored: models are trained on four fifths of the accounts, the requests of the fifth are scored by the card as they come, decided by a DMN table, and scored
/// again beside the engine by the trees. Told at the end: what was decided, drift by month, separation once (there is one label), and one decline from end to end.
/// </summary>
internal static class UciScoredReplay
{
    public static async Task<int> RunAsync(Shell shell, string directory, ushort tenant, UciAccount[] accounts, byte[] fileHash, bool isJson, CancellationToken cancellationToken)
    {
        if (accounts.Any(account => account.Statuses.Length == 0 || account.IsBad is null)) throw CommandFault.Usage("MissingColumns", "a scored replay needs the columns X6 to X11 and Y, too");
        var run = UciModels.Train(accounts);
        var layout = new UciBook(tenant, accounts, UciModels.IsScored);
        var engine = (CreditEngine)await LocalEngine.OpenForCommandAsync(directory, cancellationToken);
        await using var book = new EngineBook(engine, directory);
        // Ends before the engine it follows.
        await using var desk = engine.StartRiskDesk(text => shell.Error.WriteLine(text));
        if ((await engine.GetRiskAsync(tenant, 1)).Versions.Count == 0) await UciModels.ActivateAsync(engine, layout, run);
        var replay = await LongWork.RunAsync(shell, "replay", UciReplay.PartsOf(accounts.Length), async progress =>
        {
            var made = new UciReplay(book, layout, accounts, fileHash, progress, (account, month) => UciModels.IsScored(account) ? UciInputs.AttributesOf(account, month - 1) : null);
            await made.RunAsync(cancellationToken);
            return made;
        });
        var end = (await engine.GetStatusAsync()).LastSequence;
        while (desk.FollowedSequence < end) await Task.Delay(20, cancellationToken);
        desk.NoteOutcomes([.. accounts.Where(UciModels.IsScored).Select(account => (layout.Facility(account), account.IsBad == true))]);
        await PrintAsync(shell, engine, desk, layout, accounts, run, replay, isJson, cancellationToken);
        return (int)(replay.MismatchCount == 0 ? ExitCode.Ok : ExitCode.Differences);
    }

    private static async Task PrintAsync(
        Shell shell, CreditEngine engine, RiskDesk desk, UciBook layout, UciAccount[] accounts, TrainingRun run, UciReplay replay, bool isJson, CancellationToken cancellationToken)
    {
        var labels = accounts.Where(UciModels.IsScored).ToDictionary(layout.Facility, account => account.IsBad == true);
        var decided = new SortedDictionary<string, long>(StringComparer.Ordinal);
        EventRecord? decline = null;
        await foreach (var e in engine.ReadFeedAsync(0, cancellationToken))
        {
            if (e.Risk.Model is not null)
            {
                var word = e.Outcome == OutcomeKind.Declined ? e.Reason.ToString() : e.Outcome.ToString();
                decided[word] = decided.GetValueOrDefault(word) + 1;
                if (decline is null && e.Reason == Reason.DeclinedByScore && e.Risk.Reasons is { Length: > 1 }) decline = e;
            }
            if (e.Sequence >= desk.FollowedSequence) break;
        }
        var separation = desk.Monitors(layout.Entity).Select(view => (View: view, Measures: SeparationOf(desk.Latest(layout.Entity, view.Name), labels))).ToArray();
        if (isJson)
        {
            shell.Record(new
            {
                Trained = run.Table.Rows, Scored = labels.Count, Decided = decided,
                OutOfFold = run.Scores.Select(one => new { one.Kind, one.Out.Auc, one.Out.Ks }),
                Psi = desk.Months(layout.Entity).Select(one => new { Model = one.Name.ToString(), Month = MonthOf(one.Month), one.Psi, one.Rows }),
                Separation = separation.Select(one => new { Model = one.View.Name.ToString(), Role = one.View.Role.ToString(), one.Measures.Rows, one.Measures.Ks, one.Measures.Auc, one.Measures.Gini }),
                replay.MismatchCount, DeclineExplained = decline?.Sequence,
            });
            return;
        }
        shell.Line($"Trained on {run.Table.Rows:N0} accounts; {labels.Count:N0} others (ID divisible by 5) are scored, out of fold.");
        foreach (var one in run.Scores) shell.Line($"  {one.Kind}, cross-validated on the training accounts: AUC {Figure(one.Out.Auc)}, KS {Figure(one.Out.Ks)}");
        shell.Table("requests scored by the card and decided by the policy", ["outcome", "#"], decided.Select(pair => new[] { pair.Key, pair.Value.ToString("N0", CultureInfo.InvariantCulture) }));
        shell.Table("drift of the score against the training accounts", ["model", "month", "#PSI", "#requests"], desk.Months(layout.Entity).Select(one => new[] { one.Name.ToString(), MonthOf(one.Month), Figure(one.Psi), one.Rows.ToString("N0", CultureInfo.InvariantCulture) }));
        shell.Table("separation of each account's newest score, once: there is one label", ["model", "role", "#accounts", "#KS", "#AUC", "#Gini"], separation.Select(one => new[]
        {
            one.View.Name.ToString(), one.View.Role.ToString(), one.Measures.Rows.ToString("N0", CultureInfo.InvariantCulture), Figure(one.Measures.Ks), Figure(one.Measures.Auc), Figure(one.Measures.Gini),
        }));
        foreach (var alarm in separation.SelectMany(one => one.View.Alarms.Select(alarm => $"{one.View.Name}: {alarm}"))) shell.Line($"{alarm}");
        if (decline is not null) await ExplainAsync(shell, engine, layout, decline);
        shell.Line($"Balances equal to the bill: {replay.Compared - replay.MismatchCount:N0} of {replay.Compared:N0}");
    }

    /// <summary>One decline, from the request to what each input did.</summary>
    private static async Task ExplainAsync(Shell shell, CreditEngine engine, UciBook layout, EventRecord e)
    {
        var versions = (await engine.GetRiskAsync(layout.Tenant, 1)).Versions;
        shell.Line($"");
        shell.Line($"One decline: decision {e.Sequence}, {e.Key}, {AmountText.Of(e.AmountAsked, e.Currency)} {e.Currency} asked, {e.Reason}");
        shell.Line($"  limit {AmountText.Of(e.Seen.Limit, e.Currency)}, exposure before {AmountText.Of(e.Seen.Exposure, e.Currency)}: it fitted every limit; policy {e.Risk.Policy}, model {e.Risk.Model}, score {e.Risk.Score.ToString("F1", CultureInfo.InvariantCulture)}");
        foreach (var reason in e.Risk.Reasons!) shell.Line($"  told: {reason.Code} {reason.English} / {reason.Chinese}");
        foreach (var name in new[] { e.Risk.Model!, versions.Last(one => one.Name.Name == UciModels.TreesName).Name })
        {
            var version = versions.First(one => !one.IsPolicy && one.Name == name);
            var explainer = DecisionExplainer.Of((await engine.GetContentAsync(layout.Tenant, 1, version.Content))!, await engine.GetContentAsync(layout.Tenant, 1, version.Reasons));
            // The trees' inputs are the card's and more: what the card did not look at is missing here.
            var known = DecisionExplainer.Of((await engine.GetContentAsync(layout.Tenant, 1, versions.First(one => one.Name == e.Risk.Model!).Content))!, null).Inputs.Zip(e.Inputs.ToArray()).ToDictionary(pair => pair.First, pair => pair.Second);
            var explained = explainer.Explain([.. explainer.Inputs.Select(input => known.TryGetValue(input, out var value) ? value : ValueOf(e, input))]);
            shell.Line($"  {name}: probability of default {Figure(explained.Probability)}, compared with {explained.Background}");
            foreach (var factor in explained.Factors) shell.Line($"    {factor.Weight.ToString("F3", CultureInfo.InvariantCulture),8}  {factor.Reason.Code} {factor.Reason.English}");
        }
    }

    private static double ValueOf(EventRecord e, string input)
    {
        if (input == "limit") return e.Seen.Limit / (double)UciBook.MinorPerDollar;
        return Risk.Features.AttributeText.TryFind(e.Attributes.Span, System.Text.Encoding.UTF8.GetBytes(input), out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
    }

    private static Measures SeparationOf(IReadOnlyList<(NodeKey Facility, double Probability)> latest, Dictionary<NodeKey, bool> labels)
    {
        var known = latest.Where(one => labels.ContainsKey(one.Facility) && !double.IsNaN(one.Probability)).ToArray();
        return Measures.Of([.. known.Select(one => one.Probability)], [.. known.Select(one => labels[one.Facility])]);
    }

    private static string MonthOf(int month) => $"{month / 12}-{month % 12 + 1:D2}";

    private static string Figure(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
