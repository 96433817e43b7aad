namespace CreditGrains.Risk.Policies;

/// <summary>A policy that is refused, or a decision of it that cannot be made: a stable name, where it is, what is wrong and how to mend it.</summary>
/// <param name="name">Stable English name, such as "UnknownName".</param>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="line">Line of the file, from 1; 0 when it is of no line.</param>
/// <param name="element">Id or name of the element; empty when there is none.</param>
public sealed class PolicyFault(string name, string message, int line = 0, string element = "")
    : Exception($"{(line > 0 ? $"line {line}" : "")}{(line > 0 && element.Length > 0 ? ", " : "")}{element}{(line > 0 || element.Length > 0 ? ": " : "")}{message}")
{
    /// <summary>Stable English name.</summary>
    public string Name { get; } = name;

    /// <summary>Line of the file, from 1; 0 when it is of no line.</summary>
    public int Line { get; } = line;

    /// <summary>Id or name of the element.</summary>
    public string Element { get; } = element;
}
