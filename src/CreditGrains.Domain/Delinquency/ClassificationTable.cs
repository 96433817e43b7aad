using System.Collections.Immutable;

namespace CreditGrains.Domain.Delinquency;

/// <summary>The fewest days past due of each class, in force from a date until the next row's.</summary>
/// <param name="From">The first business date.</param>
/// <param name="SpecialMention">Days of 关注, 1 or more.</param>
/// <param name="Substandard">Days of 次级.</param>
/// <param name="Doubtful">Days of 可疑.</param>
/// <param name="Loss">Days of 损失.</param>
public readonly record struct ClassificationRow(DateOnly From, int SpecialMention, int Substandard, int Doubtful, int Loss)
{
    /// <summary>Whether the days rise.</summary>
    public bool IsValid => SpecialMention >= 1 && Substandard > SpecialMention && Doubtful > Substandard && Loss > Doubtful;

    /// <summary>The class of a number of days past due.</summary>
    public Classification Of(int daysPastDue) =>
        daysPastDue >= Loss ? Classification.Loss
        : daysPastDue >= Doubtful ? Classification.Doubtful
        : daysPastDue >= Substandard ? Classification.Substandard
        : daysPastDue >= SpecialMention ? Classification.SpecialMention
        : Classification.Normal;
}

/// <summary>A product's classification by days past due, as dated data.</summary>
/// <param name="Rows">By rising date, at least one; before the first date the first holds.</param>
public sealed record ClassificationTable(ImmutableArray<ClassificationRow> Rows)
{
    /// <summary>
    /// Loans: over 0 days 关注, over 90 次级, over 270 可疑, over 360 损失. Measures for Risk Classification of Financial Assets of Commercial
    /// Banks (CBIRC and PBOC order 2023 no. 1), from 1 July 2023.
    /// </summary>
    public static ClassificationTable Loans { get; } = new([new ClassificationRow(new DateOnly(2023, 7, 1), 1, 91, 271, 361)]);

    /// <summary>
    /// Cards: 1–90 days 关注, 91–120 次级, 121–180 可疑, over 180 损失. Measures for Supervision of Credit Card Business of Commercial Banks (CBRC
    /// order 2011 no. 2), from 13 January 2011.
    /// </summary>
    public static ClassificationTable Cards { get; } = new([new ClassificationRow(new DateOnly(2011, 1, 13), 1, 91, 121, 181)]);

    /// <summary>Whether there is a row, all are valid and their dates rise.</summary>
    public bool IsValid => !Rows.IsDefaultOrEmpty && Rows.All(row => row.IsValid) && !Rows.Zip(Rows.Skip(1)).Any(pair => pair.Second.From <= pair.First.From);

    /// <summary>The class of a number of days past due on a business date.</summary>
    public Classification Of(int daysPastDue, DateOnly asOf)
    {
        var row = Rows[0];
        foreach (var later in Rows)
            if (later.From <= asOf) row = later;
        return row.Of(daysPastDue);
    }
}
