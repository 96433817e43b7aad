namespace CreditGrains.Cli.Fuzzing;

/// <summary>Something that takes bytes from outside. It takes an input well, or refuses it by name; anything else it throws is a crash.</summary>
internal interface IFuzzTarget : IDisposable
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>Good inputs to begin with.</summary>
    IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>Longest input, bytes.</summary>
    int LengthMax { get; }

    /// <summary>Gives it an input.</summary>
    /// <returns>Whether it was taken; false when it was refused by name.</returns>
    /// <exception cref="LeakException">The answer held what is another tenant's.</exception>
    bool Take(byte[] input);

    /// <summary>Looks once more when all inputs were given.</summary>
    /// <exception cref="LeakException">An input changed what is another tenant's.</exception>
    void Finish();
}

/// <summary>One tenant got at what is another's.</summary>
internal sealed class LeakException(string message) : Exception(message);
