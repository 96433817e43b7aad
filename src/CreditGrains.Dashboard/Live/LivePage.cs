using CreditGrains.Dashboard.Texts;
using Microsoft.AspNetCore.Components;

namespace CreditGrains.Dashboard.Live;

/// <summary>A page that is drawn anew with each view of the board, from when it is interactive until it is left.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private IDisposable? watching;
    private bool isDisposed;

    /// <summary>The words of the reader's language.</summary>
    [CascadingParameter]
    public Words W { get; set; } = null!;

    /// <summary>Makes the views.</summary>
    [Inject]
    public LiveBoard Board { get; set; } = null!;

    /// <summary>Who looks.</summary>
    [Inject]
    public Visit Visit { get; set; } = null!;

    /// <summary>Leads away when the visitor's credentials have ended.</summary>
    [Inject]
    public NavigationManager Addresses { get; set; } = null!;

    /// <summary>The newest view.</summary>
    protected BoardView View => Board.View;

    /// <summary>Reads what the page shows beside the view; before each drawing.</summary>
    protected virtual Task RefreshAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender || isDisposed) return;
        Board.Changed += OnChanged;
        watching = Board.Watch();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isDisposed = true;
        Board.Changed -= OnChanged;
        watching?.Dispose();
        GC.SuppressFinalize(this);
    }

    private void OnChanged() => _ = InvokeAsync(async () =>
    {
        if (isDisposed) return;
        try
        {
            if (await Visit.FindAsync() is null)
            {
                // The host asks for credentials.
                Addresses.NavigateTo(Addresses.Uri, forceLoad: true);
                return;
            }

            await RefreshAsync();
            StateHasChanged();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await DispatchExceptionAsync(failure);
        }
    });
}
