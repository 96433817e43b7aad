namespace CreditGrains.Securitisation;

/// <summary>
/// Input that cannot be projected as meant. It is thrown before anything is computed; hosts turn it into their own named error.
/// </summary>
public sealed class InvalidInputException : Exception
{
    /// <param name="name">Stable English name, such as "RateOutOfRange".</param>
    /// <param name="path">Where in the input: "prepayment.cpr", "tranches[2].coupon". Empty when there is one place only.</param>
    /// <param name="fault">What is wrong and how to mend it, without final stop.</param>
    public InvalidInputException(string name, string path, string fault)
        : base(path.Length == 0 ? fault : $"{path}: {fault}")
    {
        Name = name;
        Path = path;
        Fault = fault;
    }

    /// <summary>Stable English name of the kind of fault.</summary>
    public string Name { get; }

    /// <summary>Where in the input.</summary>
    public string Path { get; }

    /// <summary>What is wrong and how to mend it.</summary>
    public string Fault { get; }

    /// <summary>The same fault, deeper in a larger input.</summary>
    public InvalidInputException Under(string parent) =>
        new(Name, Path.Length == 0 ? parent : Path.StartsWith('[') ? parent + Path : $"{parent}.{Path}", Fault);
}
