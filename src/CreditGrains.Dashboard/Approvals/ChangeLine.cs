namespace CreditGrains.Dashboard.Approvals;

/// <summary>One thing a proposal would change.</summary>
/// <param name="What">Its name.</param>
/// <param name="Before">What it is now; "–" when there is none or it cannot be asked for.</param>
/// <param name="After">What it would be.</param>
public sealed record ChangeLine(string What, string Before, string After);
