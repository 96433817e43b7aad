namespace CreditGrains.Risk.Features.Files;

/// <summary>One feature as the file gives it, groups written out.</summary>
/// <param name="Feature">Name, aggregation and window.</param>
/// <param name="Node">Where it stands.</param>
/// <param name="Filter">Number of its filter.</param>
/// <param name="Value">What it looks at.</param>
/// <param name="Of">Of a ratio: the feature divided.</param>
/// <param name="To">Of a ratio: the feature it is divided by.</param>
/// <param name="Expression">Of a derived feature.</param>
internal sealed record FeatureSpec(Feature Feature, CatalogueNode Node, int Filter, ValueSource Value, string Of = "", string To = "", string Expression = "");
