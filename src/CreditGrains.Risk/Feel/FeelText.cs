namespace CreditGrains.Risk.Feel;

/// <summary>Reading values from texts, for those who bring inputs.</summary>
public static class FeelText
{
    /// <summary>A date, a date and time, a time or a duration in ISO 8601, without zone; null when the text is none.</summary>
    public static FeelValue ReadCalendar(string text) => FeelCalendar.Read(text);
}
