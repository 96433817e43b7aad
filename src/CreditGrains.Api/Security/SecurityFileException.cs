namespace CreditGrains.Api.Security;

/// <summary>A file of keys, certificates or settings that cannot be used. The message says how to mend it and holds no secret.</summary>
/// <param name="name">Stable name, such as "KeyFileInvalid".</param>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="cause">What was thrown; null for none.</param>
public sealed class SecurityFileException(string name, string message, Exception? cause = null) : Exception($"{name}: {message}", cause)
{
    /// <summary>Stable name of what is wrong.</summary>
    public string Name { get; } = name;

    /// <summary>The message without the name.</summary>
    public string Advice { get; } = message;
}
