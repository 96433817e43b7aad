namespace CreditGrains.Risk.Features;

/// <summary>A catalogue of features that is refused: a stable name, the path in the file (or the line, where it is no JSON) and how to mend it. Nothing of the file is used.</summary>
public sealed class FeatureFault : Exception
{
    /// <param name="name">Stable English name, such as "FieldUnknown".</param>
    /// <param name="path">Where: "features[3].window"; empty for the file.</param>
    /// <param name="fault">What is wrong and what to do.</param>
    public FeatureFault(string name, string path, string fault) : base(path.Length == 0 ? fault : $"{path}: {fault}") => (Name, Path) = (name, path);

    /// <summary>Stable English name.</summary>
    public string Name { get; }

    /// <summary>Where in the file.</summary>
    public string Path { get; }
}
