namespace CreditGrains.Documentation.Tests;

/// <summary>docs/api.md says what the protos say.</summary>
public sealed class ApiReferenceTests
{
    [Fact]
    public void Page_AgainstTheProtos_IsTheSame()
    {
        var page = Checkout.PathOf("docs", "api.md");
        var written = ApiReference.Write(Checkout.PathOf("src", "CreditGrains.Api", "Protos", "creditgrains", "v1"));
        if (Environment.GetEnvironmentVariable("CREDITGRAINS_WRITE") == "1") File.WriteAllText(page, written);
        Assert.True(File.ReadAllText(page) == written, "docs/api.md is behind the protos; write it anew with CREDITGRAINS_WRITE=1");
    }

    [Fact]
    public void Links_OfThePages_LeadToFiles()
    {
        foreach (var page in (string[])[.. Directory.GetFiles(Checkout.PathOf("docs"), "*.md", SearchOption.AllDirectories), Checkout.PathOf("README.md"), Checkout.PathOf("ARCHITECTURE.md")])
            foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(page), @"\]\((?!https?:)([^)#\s]+)"))
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)), $"{Path.GetFileName(page)}: {link.Groups[1].Value} is not there");
    }
}
