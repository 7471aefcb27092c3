"""The sentences of the player (assets/js/player/words.js reads them by name; {places} are filled there)."""

from django.utils.translation import gettext as _


def player_words() -> dict[str, str]:
    """Everything the player says, by name. Refusals come with the server's own sentence; these are for the rest."""
    return _bar() | _quiz() | _cards() | _ending()


def _bar() -> dict[str, str]:
    return {
        "play": _("播放"),
        "pause": _("暂停"),
        "mute": _("静音"),
        "unmute": _("打开声音"),
        "full": _("全屏"),
        "small": _("退出全屏"),
        "captions": _("字幕"),
        "speed": _("{speed} 倍"),
        "volume": _("音量 {percent}%"),
        "pip_refused": _("这个浏览器现在打不开小窗"),
        "valuetext": _("{at}，已学到 {seen}，共 {duration}"),
        "seen": _("已学到 {at}"),
        "begin": _("开始播放"),
        "begin_at": _("从 {at} 继续"),
        "resumes": _("从 {at} 继续"),
        "not_yet": _("后面的还没学到，先看到这里"),
        "set_back": _("先回到 {at}，从这里接着学"),
        "hidden": _("你离开了这一页，已经暂停"),
        "network": _("网络不太稳，已为你保存到 {at}，恢复后自动继续"),
        "network_start": _("网络不太稳，正在重新连接"),
        "network_back": _("网络恢复了，已保存到 {at}"),
        "counter": _("已学 {done} / {total} 个视频"),
        "lesson_done": _("已学完"),
        "lesson_open": _("可以学了"),
        "lesson_locked": _("学完前面的就开放"),
        "lesson_percent": _("学到 {percent}%"),
    }


def _quiz() -> dict[str, str]:
    return {
        "quiz_lead": _("课中提问，答对后继续播放"),
        "quiz_hint": _("没把握？答错也可以再选"),
        "quiz_send": _("提交答案"),
        "quiz_many": _("一共 {count} 道题，都答对就继续"),
        "quiz_multiple": _("可以选多个"),
        "quiz_choose": _("先选一个答案"),
        "quiz_all": _("每道题都选一个答案"),
        "quiz_wrong": _("还不对，再想一想"),
        "quiz_wrong_some": _("有 {count} 道还不对，再想一想"),
        "quiz_right": _("答对了"),
        "quiz_back": _("回看前面 1 分钟"),
        "quiz_continue": _("继续播放"),
        "quiz_wait": _("{label}（{seconds} 秒）"),
        "quiz_unreachable": _("网络不太稳，没有提交成功，请再试一次"),
        "presence_lead": _("学习了一会儿，确认一下你还在"),
        "presence_hint": _("选对后从这里继续，进度都已存好"),
        "presence_send": _("我在，继续"),
        "come_back": _("请回来答题 · {title}"),
    }


def _cards() -> dict[str, str]:
    return {
        "superseded_title": _("另一台设备正在播放，这里先停下"),
        "superseded": _("同一时间只能在一处学习，进度都已存好。"),
        "superseded_here": _("在这里继续"),
        "login_title": _("登录已过期"),
        "login": _("进度都已存好，重新登录就能接着学。"),
        "login_again": _("重新登录"),
        "refused_title": _("现在还不能学这一节"),
        "refused": _("服务器没有说明原因，请稍后再试，或联系客服。"),
        "ended_title": _("这次观看已经结束"),
        "ended": _("这次观看已经结束，重新打开就能接着学。"),
        "locked": _("前面还有没学完的内容，按顺序学到这里就会开放。"),
        "not_enrolled": _("还没有报名这个班，先报名再来学。"),
        "not_open": _("这个班现在不开放。"),
        "not_a_learner": _("学习需要专业技术人员身份，可以先切换身份。"),
        "not_found": _("没有找到这一节，它可能已经更新，请回到班级看看。"),
        "open_again": _("重新打开"),
        "back_to_class": _("返回班级"),
        "broken_title": _("这段视频在这里放不出来"),
        "broken": _("进度都已存好。请刷新页面，或换一个浏览器再试。"),
    }


def _ending() -> dict[str, str]:
    return {
        "lesson_done_title": _("这一节学完了"),
        "exam_next_title": _("视频都学完了，下一步：考试"),
        "exam_next": _("时间从开始考试起算，可以先休息一下再去。"),
        "to_exam": _("去考试"),
        "exam_open": _("可以考了"),
        "next": _("下一个：{title}"),
        "next_in": _("下一个：{title}，{seconds} 秒后播放"),
        "next_now": _("马上播放"),
        "next_locked": _("通过前面的考试后，下一节就会开放。"),
        "once_more": _("再看一遍"),
        "cancel": _("取消"),
        "exams_left": _("视频都学完了，还有考试没通过，考完就计入学时。"),
        "last_done": _("前面还有没学完的，回到班级接着学。"),
        "class_done_title": _("这个班学完了"),
        "class_done": _("{hours} 学时已记入你的年度完成情况。"),
        "see_years": _("查看年度完成情况"),
        "preview": _("试看 {length}"),
        "preview_end_title": _("试看到这里结束"),
        "preview_end": _("报名后从头到尾都能看，看过的部分随时回看。"),
        "preview_enrol": _("去报名"),
        "preview_login": _("已有账号，登录"),
    }
