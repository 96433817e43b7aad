namespace CreditGrains.Risk.Feel;

/// <summary>A FEEL expression that is refused: a stable name, what is wrong and how to mend it, and where in the text.</summary>
public sealed class FeelFault(string name, string message, int at) : Exception(message)
{
    /// <summary>Stable English name, such as "UnknownName".</summary>
    public string Name { get; } = name;

    /// <summary>Place in the text, from 0.</summary>
    public int At { get; } = at;
}
