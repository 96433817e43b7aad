using CreditGrains.Domain.Money;

namespace CreditGrains.Engine.Alerts;

/// <summary>Takes the figures that are looked at: the book of alerts, or parts that are added up elsewhere. One writer; guarded by who owns it.</summary>
internal interface IAlertFigures
{
    /// <summary>Whether figures are parts of nodes that other partitions have too: exposure and growth in minor units, and for a trigger a number that changes whenever the pool may have moved.</summary>
    bool TakesParts { get; }

    /// <summary>Subjects of a rule whose figure counts although nothing moves it but time.</summary>
    AlertSubject[] Aging(int rule);

    /// <summary>A figure of a subject of a rule.</summary>
    void Put(int rule, in AlertSubject subject, double figure, Currency currency, long sequence, long micros);

    /// <summary>A subject that is no more, or has no figure any more.</summary>
    void Drop(int rule, in AlertSubject subject, long sequence, long micros);

    /// <summary>A subject was left out because the rule has too many.</summary>
    void LeaveOut();
}
