using CreditGrains.Engine.Events;

namespace CreditGrains.Engine.Scoring;

/// <summary>Gets what is scored beside the engine. Rows are only there during the call.</summary>
internal interface IShadowScores
{
    /// <summary>A model that runs beside.</summary>
    void Note(in LedgerEvent e, BoundModel shadow, ReadOnlySpan<double> row, double score);

    /// <summary>The model that scored the decision itself; its score is in the event.</summary>
    void NoteActing(in LedgerEvent e, BoundModel model, ReadOnlySpan<double> row);

    /// <summary>A policy that runs beside, and what it says.</summary>
    void Note(in LedgerEvent e, BoundPolicy shadow, PolicyOutcome outcome);
}
