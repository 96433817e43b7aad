namespace CreditGrains.Simulation.Harness;

/// <summary>The last things that happened, for the report of a failure. Costs little while all is well.</summary>
internal sealed class Chronicle
{
    private const int LinesMax = 40;
    private readonly Queue<Func<string>> _lines = [];

    public void Note(Func<string> line)
    {
        _lines.Enqueue(line);
        if (_lines.Count > LinesMax) _lines.Dequeue();
    }

    public override string ToString() => string.Join('\n', _lines.Select(line => $"  {line()}"));
}
