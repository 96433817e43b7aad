using CreditGrains.Engine.Events;
using CreditGrains.Risk.Feel;

namespace CreditGrains.Engine.Scoring;

/// <summary>What a policy may say of a request.</summary>
internal enum PolicyOutcome
{
    /// <summary>Nothing that is understood.</summary>
    None,
    Approve,
    Decline,
    Refer,
}

/// <summary>
/// The value of a policy's decision, understood: a text "approve", "decline" or "refer", a boolean, or a context of outcome, amount (the most to approve, major units),
/// reason (a code; "SCORE" asks for the score's factors), english and chinese.
/// </summary>
internal readonly struct PolicyAnswer
{
    private const string ScoreCode = "SCORE";
    private const int CutLength = 340;

    private PolicyAnswer(PolicyOutcome outcome, decimal? amountMax, string? code, string? english, string? chinese)
    {
        Outcome = outcome;
        AmountMax = amountMax;
        Code = code;
        English = english;
        Chinese = chinese;
    }

    public PolicyOutcome Outcome { get; }
    public decimal? AmountMax { get; }
    public string? Code { get; }
    public string? English { get; }
    public string? Chinese { get; }
    public bool IsByScore => Code == ScoreCode;

    /// <summary>Reads a value.</summary>
    public static PolicyAnswer Of(in FeelValue value)
    {
        if (value.Entries is not { } entries) return new PolicyAnswer(OutcomeOf(value), null, null, null, null);
        var amount = entries["amount"];
        return new PolicyAnswer(
            OutcomeOf(entries["outcome"]), amount.Kind == FeelKind.Number ? amount.Number : null, TextOf(entries["reason"]), TextOf(entries["english"]), TextOf(entries["chinese"]));
    }

    /// <summary>A text that fits the journal's record: at most 1,024 bytes of UTF-8.</summary>
    public static string Cut(string text) => RiskRecordCodec.Fits(text) ? text : text[..Math.Min(text.Length, CutLength)];

    private static PolicyOutcome OutcomeOf(in FeelValue value) => value.Kind switch
    {
        FeelKind.Boolean => value.IsTrue ? PolicyOutcome.Approve : PolicyOutcome.Decline,
        FeelKind.Text => value.Text switch
        {
            "approve" or "Approve" or "APPROVE" => PolicyOutcome.Approve,
            "decline" or "Decline" or "DECLINE" => PolicyOutcome.Decline,
            "refer" or "Refer" or "REFER" => PolicyOutcome.Refer,
            _ => PolicyOutcome.None,
        },
        _ => PolicyOutcome.None,
    };

    private static string? TextOf(in FeelValue value) => value.Kind == FeelKind.Text && value.Text.Length > 0 ? value.Text : null;
}
