namespace CreditGrains.Risk.Models;

/// <summary>A model, scorecard or reasons file that is refused: a stable name, where it is wrong and how to mend it. Nothing of the file is used.</summary>
public sealed class ModelFault : Exception
{
    /// <param name="name">Stable English name, such as "UnsupportedOperator".</param>
    /// <param name="message">What is wrong, where, and what to do.</param>
    public ModelFault(string name, string message) : base(message) => Name = name;

    /// <param name="name">Stable English name.</param>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="inner">What brought it about.</param>
    public ModelFault(string name, string message, Exception inner) : base(message, inner) => Name = name;

    /// <summary>Stable English name.</summary>
    public string Name { get; }
}
