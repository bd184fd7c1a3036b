"""The matching board below /my/board/; `members.my_urls` takes it in."""

from django.urls import path

from members.views.my import board, conversations

urlpatterns = [
    path("", board.board, name="board"),
    path("search/", board.search, name="board-search"),
    path("new/", board.create, name="offer-create"),
    path("offers/<public_id:public_id>/", board.offer, name="offer"),
    path("offers/<public_id:public_id>/edit/", board.edit, name="offer-edit"),
    path("offers/<public_id:public_id>/prolong/", board.prolong, name="offer-prolong"),
    path("offers/<public_id:public_id>/settle/", board.settle, name="offer-settle"),
    path("offers/<public_id:public_id>/withdraw/", board.withdraw, name="offer-withdraw"),
    path("offers/<public_id:public_id>/ask/", board.ask, name="offer-ask"),
    path("conversations/", conversations.conversation_list, name="conversation-list"),
    path("conversations/<public_id:public_id>/", conversations.conversation, name="conversation"),
    path("conversations/<public_id:public_id>/close/", conversations.close, name="conversation-close"),
    path("conversations/<public_id:public_id>/report/", conversations.report, name="conversation-report"),
]
