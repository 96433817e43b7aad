using System.Text;
using CreditGrains.Engine.Alerts;
using CreditGrains.Engine.Scoring;
using CreditGrains.Engine.Tables;
using CreditGrains.Engine.Tests.Rules;

namespace CreditGrains.Engine.Tests.Alerts;

/// <summary>Follows a world with alerts, a frame for each batch whose events have one writer time.</summary>
internal sealed class WatchedWorld : IDisposable
{
    private readonly ShadowBook book;

    public WatchedWorld(World world, params string[] rules)
        : this(world, new AlertDesk(RulesOf(rules)))
    {
    }

    public WatchedWorld(World world, AlertDesk desk, ShadowBook? begun = null)
    {
        book = begun ?? new ShadowBook(new PartitionState(), 0, 0, new PartitionOptions(), text => Assert.Fail(text));
        World = world;
        Desk = desk;
        Observer.Begin(new AlertSight(book.State, book.Executor, act =>
        {
            act();
            return true;
        }, () => World.LastSequence));
        Follow();
    }

    public World World { get; }

    public AlertDesk Desk { get; }

    /// <summary>Whether somebody else disposes of the world.</summary>
    public bool IsShared { get; init; }

    private IBookObserver Observer => Desk;

    public static AlertRules RulesOf(params string[] rules) => AlertFile.Parse(Encoding.UTF8.GetBytes($$"""{ "name": "t", "rules": [{{string.Join(",", rules)}}] }"""));

    public static string Rule(string name, string figure, string of, string levels, string more = "") =>
        $$"""{ "name": "{{name}}", "severity": "warning", "figure": "{{figure}}", "of": {{of}}, {{levels}}{{(more.Length > 0 ? ", " + more : "")}}, "text": { "en": "{subject}: {figure} of {threshold}", "zh": "{subject}：{figure}" } }""";

    /// <summary>Takes what is new, and says what stands: "rule subject figure".</summary>
    /// <param name="between">What others do between two events, also in the middle of a frame.</param>
    public string[] Follow(Action? between = null)
    {
        while (book.LastSequence < World.LastSequence)
        {
            Assert.True(World.Partition.TryReadDurable(book.LastSequence + 1, out var e));
            Observer.Before(e);
            book.Take(e, NoScores.Instance);
            Observer.After(e);
            between?.Invoke();
            var isLast = book.LastSequence == World.LastSequence || (World.Partition.TryReadDurable(book.LastSequence + 1, out var next) && next.RecordedAtMicros != e.RecordedAtMicros);
            if (isLast) Observer.FrameEnd(book.LastSequence, e.RecordedAtMicros);
        }
        return [.. Desk.Read(0, 100).Raised.Select(alert => FormattableString.Invariant($"{alert.Rule.Name} {alert.Subject} {alert.Figure:0.###}"))];
    }

    public void Dispose()
    {
        book.Dispose();
        if (!IsShared) World.Dispose();
    }

    private sealed class NoScores : IShadowScores
    {
        public static readonly NoScores Instance = new();

        public void Note(in Events.LedgerEvent e, BoundModel shadow, ReadOnlySpan<double> row, double score) => Assert.Fail("no model");

        public void NoteActing(in Events.LedgerEvent e, BoundModel model, ReadOnlySpan<double> row) => Assert.Fail("no model");

        public void Note(in Events.LedgerEvent e, BoundPolicy shadow, PolicyOutcome outcome) => Assert.Fail("no policy");
    }
}
