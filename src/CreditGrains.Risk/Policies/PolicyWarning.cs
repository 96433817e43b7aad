namespace CreditGrains.Risk.Policies;

/// <summary>What a model may say but hardly means: a gap or overlap of a table's rules, a rule that never decides, a call that is always null.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Decision">Where; empty when the text tells.</param>
/// <param name="Text">In plain words.</param>
public sealed record PolicyWarning(int Line, string Decision, string Text)
{
    /// <summary>Line, decision and text.</summary>
    public override string ToString() => $"line {Line}{(Decision.Length > 0 ? $", '{Decision}'" : "")}: {Text}";
}
